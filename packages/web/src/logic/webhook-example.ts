import type { WebhookVerification } from '@tenuto/contract';

const BODY = `BODY='{"hello":"world"}'`;
const POST = 'curl "$ADDRESS" -H "content-type: application/json"';

/** What signs a post of each kind, in the words of a shell; the secret stands in `$SECRET`. */
const SIGNED: Readonly<Record<WebhookVerification, readonly string[]>> = {
  none: [`${POST} -d "$BODY"`],
  github: [
    `SIGNATURE=$(printf %s "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/.* //')`,
    `${POST} -H "x-hub-signature-256: sha256=$SIGNATURE" -d "$BODY"`,
  ],
  hmac: [
    `SIGNATURE=$(printf %s "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/.* //')`,
    `${POST} -H "x-signature: $SIGNATURE" -d "$BODY"`,
  ],
  stripe: [
    'AT=$(date +%s)',
    `SIGNATURE=$(printf %s "$AT.$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/.* //')`,
    `${POST} -H "stripe-signature: t=$AT,v1=$SIGNATURE" -d "$BODY"`,
  ],
  standard: [
    'ID=msg_$(openssl rand -hex 8) AT=$(date +%s)',
    'KEY=$(printf %s "${SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d " \\n")',
    'SIGNATURE=$(printf %s "$ID.$AT.$BODY" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | base64)',
    `${POST} -H "webhook-id: $ID" -H "webhook-timestamp: $AT" -H "webhook-signature: v1,$SIGNATURE" -d "$BODY"`,
  ],
};

/**
 * Lines of a shell that post to a webhook what it takes for genuine.
 * @param address the whole of it, with the server
 */
export function webhookExample(address: string, verify: WebhookVerification): string {
  return [`ADDRESS='${address}'`, BODY, ...SIGNED[verify]].join('\n');
}
