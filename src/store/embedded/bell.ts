/** Wakes everybody who waits. Take `nextRing` before looking whether there is something to wait for. */
export interface Bell {
  readonly nextRing: Promise<void>;
  ring(): void;
}

export function createBell(): Bell {
  let wake: () => void = () => undefined;
  const arm = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  let nextRing = arm();

  return {
    get nextRing() {
      return nextRing;
    },
    ring() {
      const rung = wake;
      nextRing = arm();
      rung();
    },
  };
}
