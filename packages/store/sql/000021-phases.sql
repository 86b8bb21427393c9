-- Tasks whose runs are phased: the profile's name, which is the job type of their runs as well, so
-- that runs of a profile are found by the index on that.
alter table tasks add column profile text;
