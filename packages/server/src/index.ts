export { loadSettings, type RunningServer, startServer, stopOnSignals } from './main.ts';
export type { Settings } from './settings.ts';
export { SettingsError } from './settings-reader.ts';
