-- Lists by status and by type stay fast beside a million runs that wait. A status changes at the
-- claim, which moves between indexes anyway: writing progress, the frequent update, stays HOT.
create index run_live_status on run_live (status, run_id);
create index run_live_job_type on run_live (job_type, run_id) where job_type <> 'dag';
