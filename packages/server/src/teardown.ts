/** What has been started, to be stopped in the reverse order. */
export interface Teardown {
  add(stop: () => unknown): void;
  /** Stops everything, the newest first; a part that fails does not keep the others. */
  run(): Promise<void>;
}

export function createTeardown(failed: (error: unknown) => void): Teardown {
  const stops: (() => unknown)[] = [];
  let running: Promise<void> | undefined;

  async function stopAll(): Promise<void> {
    for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) {
      try {
        await stop();
      } catch (error) {
        failed(error);
      }
    }
  }

  return {
    add: (stop) => void stops.push(stop),
    run() {
      running ??= stopAll();
      return running;
    },
  };
}
