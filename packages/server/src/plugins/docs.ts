import reference from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import './route-config.ts';

/** The page brings its own scripts, styles and fonts: nothing is loaded from anywhere else. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The interactive documentation at /docs, made from /openapi.json. */
export async function addDocs(app: FastifyInstance): Promise<void> {
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = {
        ...route.config,
        public: true,
        limit: 'none',
        produces: ['text/html', 'application/javascript', 'text/*', 'application/*', '*/*'],
      };
    });
    docs.addHook('onSend', async (_request, reply) => {
      reply.header('content-security-policy', POLICY);
    });
    await docs.register(reference, {
      routePrefix: '/docs',
      configuration: {
        url: '/openapi.json',
        pageTitle: 'Tenuto API',
        withDefaultFonts: false,
        telemetry: false,
        hideClientButton: true,
        agent: { disabled: true },
        mcp: { disabled: true },
      },
    });
  });
}
