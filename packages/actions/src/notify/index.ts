export type { FindChannel, NotifyChannel } from './channel.ts';
export { notifyEmail } from './email.ts';
export { createMailer, type Mailer, type MailSettings } from './mailer.ts';
export { createNoticeSender, webhookIdOf } from './notice-sender.ts';
export { SECRET_BYTES, webhookSecret } from './signature.ts';
export { notifyWebhook } from './webhook.ts';
