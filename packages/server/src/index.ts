export { loadSettings, type RunningServer, startServer, stopOnSignals } from './main.ts';
export { type Settings, SettingsError } from './settings.ts';
