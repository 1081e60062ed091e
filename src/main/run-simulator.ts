import { runSimulatorAlone } from '../simulator/run-alone.ts';
import { watchParent } from './parent-watch.ts';

/** Runs the simulator without a gateway until a signal ends it. Resolves with the exit code when it could not start. */
export async function runSimulator(argv: readonly string[]): Promise<number> {
  const starting = runSimulatorAlone(argv);
  const stop = () => void starting.then((simulator) => simulator.close()).then(() => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  watchParent(stop);
  try {
    await starting;
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
