export { type AddressVerdict, judgeAddress, judgeUrl, type UrlVerdict } from './address-guard.ts';
export { type AllowList, type Destination, parseAllowList } from './allow-list.ts';
export { guardedConnector, hostLookup, type Lookup, type ResolvedAddress } from './connector.ts';
export { guardedAgent } from './guarded-agent.ts';
export { type HttpRequestOptions, httpRequest } from './http-request.ts';
