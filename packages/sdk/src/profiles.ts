import type {
  JsonObject,
  ProfileSummary,
  ProfileVerdict,
  ProfileView,
  WriteProfile,
} from '@tenuto/contract';
import {
  type ChangeOptions,
  createAsker,
  createChanger,
  type SubmitOptions,
  submit,
} from './asking.ts';
import type { NamedQuery, PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { profileShape, profileSummaryShape, profileVerdictShape } from './phased-shapes.ts';
import { type CallOptions, createReader, segment } from './reading.ts';
import type { TransportOptions } from './transport.ts';

/** A profile as it is sent: typed, or read from a file and left to the server to check. */
export type ProfileBody = WriteProfile | JsonObject;

export interface CheckOptions extends CallOptions {
  /** Answers the graph that it becomes, too. */
  readonly plan?: boolean;
}

/** Profiles of phased runs. Every function throws as `createClient` says. */
export interface Profiles {
  create(body: ProfileBody, options?: SubmitOptions): Promise<ProfileView>;
  /** The version in force, or an earlier one. */
  get(name: string, options?: CallOptions & { readonly version?: number }): Promise<ProfileView>;
  /** Files of the server first, then your own, newest first. */
  list(query?: NamedQuery, options?: CallOptions): Listing<ProfileSummary>;
  /** Newest first. */
  versions(name: string, query?: PageQuery, options?: CallOptions): Listing<ProfileView>;
  replace(name: string, body: ProfileBody, options?: ChangeOptions): Promise<ProfileView>;
  /** Answers the profile as it was. */
  remove(name: string, options?: ChangeOptions): Promise<ProfileView>;
  /** All that is wrong with a profile that is there, by its name. */
  validate(name: string, options?: CheckOptions): Promise<ProfileVerdict>;
  /** The same of one that is sent; nothing is stored. */
  check(profile: unknown, options?: CheckOptions): Promise<ProfileVerdict>;
}

const ROOT = '/profiles';
const pathOf = (name: string) => `${ROOT}/${segment(name)}`;

export function createProfiles(transport: TransportOptions): Profiles {
  const { read, list } = createReader(transport);
  const change = createChanger(transport, { pathOf, shape: profileShape });
  const ask = createAsker(transport);
  return {
    create: (body, options) =>
      submit(transport, { path: ROOT, body, shape: profileShape }, options),
    get: (name, { version, ...options } = {}) =>
      read(pathOf(name), profileShape, version === undefined ? {} : { version }, options),
    list: (query, options) => list(ROOT, profileSummaryShape, { ...query }, options),
    versions: (name, query, options) =>
      list(`${pathOf(name)}/versions`, profileShape, { ...query }, options),
    replace: (name, body, options) => change('PUT', name, options, body),
    remove: (name, options) => change('DELETE', name, options),
    validate: (name, { plan = false, ...options } = {}) =>
      ask(`${pathOf(name)}/validate`, profileVerdictShape, {
        ...{ body: plan ? { include_plan: true } : {}, repeatable: true, options },
      }),
    check: (profile, { plan = false, ...options } = {}) =>
      ask(`${ROOT}/validate`, profileVerdictShape, {
        body: { profile, ...(plan && { include_plan: true }) },
        repeatable: true,
        options,
      }),
  };
}
