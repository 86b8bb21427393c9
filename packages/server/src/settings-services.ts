/** Settings of what else runs besides the server: its database, Redis, a mail server. */
import { SettingsError, type SettingsReader } from './settings-reader.ts';

export interface RedisSettings {
  readonly url: string;
  /** What its keys begin with. */
  readonly prefix: string;
  /** Whose the events of outside writers are that name no owner. */
  readonly owner: string;
}

/** The operator's mail server; without one no mail is sent. */
export interface MailSettings {
  readonly smtpUrl: string | undefined;
  readonly from: string | undefined;
}

/** @throws SettingsError */
export function readDatabaseUrl(text: string): string {
  if (/^postgres(ql)?:\/\//.test(text)) return text;
  throw new SettingsError('DATABASE_URL', 'must begin with postgres://');
}

/** @throws SettingsError that never holds the address, which may hold a password */
export function readRedis(url: string, { text }: Pick<SettingsReader, 'text'>): RedisSettings {
  if (!/^(rediss?|unix):\/\/|^\//.test(url)) {
    throw new SettingsError('REDIS_URL', 'must begin with redis://, rediss:// or unix://');
  }
  const prefix = text('TENUTO_REDIS_PREFIX') ?? 'tenuto';
  if (!/^[A-Za-z0-9_.:{}-]{1,100}$/.test(prefix)) {
    throw new SettingsError('TENUTO_REDIS_PREFIX', 'must be letters, digits or _.:{}-');
  }
  const path = url.startsWith('unix://') ? url.slice('unix://'.length) : url;
  return { url: path, prefix, owner: text('TENUTO_STREAM_OWNER') ?? 'admin' };
}

/** @throws SettingsError that never holds the address, which may hold a password */
export function readMail({ text }: Pick<SettingsReader, 'text'>): MailSettings {
  const smtpUrl = text('TENUTO_SMTP_URL');
  const from = text('TENUTO_MAIL_FROM');
  const url = smtpUrl === undefined ? undefined : URL.parse(smtpUrl);
  if (url === null || (url !== undefined && !/^smtps?:$/.test(url.protocol))) {
    throw new SettingsError('TENUTO_SMTP_URL', 'must be like smtp://user:password@host:587');
  }
  if (from !== undefined && !/^([^<>"\r\n]* )?<?[^\s<>@,;]+@[^\s<>@,;]+>?$/.test(from)) {
    throw new SettingsError('TENUTO_MAIL_FROM', 'must be an address, or `Name <address>`');
  }
  return { smtpUrl, from };
}
