/**
 * What secrets look like. Each begins with a text that is looked for first, and has a bounded
 * length: looking through a file takes time proportional to it, whatever is in it.
 */
export interface SecretPattern {
  readonly name: string;
  /** One of these stands in every secret of the kind, at its beginning. */
  readonly begins: readonly string[];
  /** Sticky: tried at such a place, and nowhere else. */
  readonly shape: RegExp;
  /** How much of its beginning says nothing of the secret itself, and may be shown. */
  readonly shown: number;
}

export const SECRET_PATTERNS: readonly SecretPattern[] = [
  {
    name: 'AWS access key',
    begins: ['AKIA', 'ASIA'],
    shape: /A[KS]IA[0-9A-Z]{16}(?![0-9A-Za-z])/y,
    shown: 4,
  },
  {
    name: 'GitHub token',
    begins: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    shape: /gh[pousr]_[0-9A-Za-z]{36,251}(?![0-9A-Za-z])/y,
    shown: 4,
  },
  {
    name: 'GitHub token',
    begins: ['github_pat_'],
    shape: /github_pat_[0-9A-Za-z_]{60,90}/y,
    shown: 11,
  },
  {
    name: 'GitLab token',
    begins: ['glpat-'],
    shape: /glpat-[0-9A-Za-z_-]{20,64}/y,
    shown: 6,
  },
  {
    name: 'Slack token',
    begins: ['xoxb-', 'xoxa-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-'],
    shape: /(?:xox[baprs]|xapp)-[0-9]{1,14}-[0-9A-Za-z-]{10,200}/y,
    shown: 5,
  },
  {
    name: 'Slack webhook',
    begins: ['hooks.slack.com/services/'],
    shape: /hooks\.slack\.com\/services\/T[0-9A-Z]{7,12}\/B[0-9A-Z]{7,12}\/[0-9A-Za-z]{20,30}/y,
    shown: 25,
  },
  {
    name: 'Google API key',
    begins: ['AIza'],
    shape: /AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])/y,
    shown: 4,
  },
  {
    name: 'Stripe key',
    begins: ['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_'],
    shape: /[sr]k_(?:live|test)_[0-9A-Za-z]{20,120}/y,
    shown: 8,
  },
  {
    name: 'Anthropic key',
    begins: ['sk-ant-'],
    shape: /sk-ant-[0-9a-z]{2,10}-[0-9A-Za-z_-]{32,200}/y,
    shown: 7,
  },
  {
    name: 'OpenAI key',
    begins: ['sk-proj-', 'sk-svcacct-', 'sk-admin-'],
    shape: /sk-(?:proj|svcacct|admin)-[0-9A-Za-z_-]{32,250}/y,
    shown: 8,
  },
  {
    name: 'OpenAI key',
    begins: ['sk-'],
    shape: /sk-[0-9A-Za-z]{48}(?![0-9A-Za-z])/y,
    shown: 3,
  },
  {
    name: 'npm token',
    begins: ['npm_'],
    shape: /npm_[0-9A-Za-z]{36}(?![0-9A-Za-z])/y,
    shown: 4,
  },
  {
    name: 'Tenuto token',
    begins: ['tnt_'],
    shape: /tnt_[0-9A-Za-z_-]{40,120}/y,
    shown: 4,
  },
  {
    name: 'JSON Web Token',
    begins: ['eyJ'],
    shape: /eyJ[0-9A-Za-z_-]{10,2000}\.eyJ[0-9A-Za-z_-]{10,4000}\.[0-9A-Za-z_-]{20,1000}/y,
    shown: 3,
  },
  {
    name: 'private key',
    begins: ['-----BEGIN '],
    shape:
      /-----BEGIN (?:[A-Z0-9]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:\\n|\\r|[\r\n]){1,4}(?:[A-Za-z-]{2,30}: [^\r\n]{1,200}[\r\n]{1,4}){0,5}[A-Za-z0-9+/=]{32,}/y,
    shown: 11,
  },
  {
    name: 'password in an address',
    begins: ['://'],
    shape:
      /:\/\/[0-9A-Za-z._%+-]{1,64}:(?!(?:pass|password|passwd|secret|postgres|mysql|admin|root|guest|token)\d{0,4}@)([^\s/@:'"`<>{}$*]{6,128})@[0-9A-Za-z.-]{1,200}/y,
    shown: 3,
  },
];

/** Names of what is secret, where something is assigned to them. */
export const SECRET_NAMES = [
  'password',
  'passwd',
  'pwd',
  'secret',
  'token',
  'apikey',
  'api_key',
  'api-key',
  'access_key',
  'access-key',
  'accesskey',
  'private_key',
  'auth_key',
  'authkey',
  'credential',
] as const;

/** Behind such a name: an assignment of a text, in quotes or, in files of settings, without. */
export const ASSIGNED =
  /[A-Za-z0-9_-]{0,24}["']?[ \t]{0,8}(?::=|=>|[:=])[ \t]{0,8}(?:(["'`])([^"'`\s]{8,200})\1|([^"'`\s,;(){}[\]<>$]{8,200})(?=[ \t]{0,8}(?:$|[\r\n#])))/my;
