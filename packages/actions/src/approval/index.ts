export { approvalRequest } from './approval-request.ts';
