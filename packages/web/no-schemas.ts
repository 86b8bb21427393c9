/**
 * Stands for the schema library in what browsers are sent. The contract builds its schemas when it is
 * loaded; the console takes only words and types of it, and checks answers by shapes of the SDK.
 */
const nothing: object = new Proxy(() => undefined, {
  get: () => nothing,
  apply: () => nothing,
});

// biome-ignore lint/style/noDefaultExport: it stands where the library has one.
export default nothing;
