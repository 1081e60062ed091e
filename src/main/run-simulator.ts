import { runSimulatorAlone } from '../simulator/run-alone.ts';

/** Runs the simulator without a gateway until a signal ends it. Resolves with the exit code when it could not start. */
export async function runSimulator(argv: readonly string[]): Promise<number> {
  try {
    const simulator = await runSimulatorAlone(argv);
    const stop = () => void simulator.close().then(() => process.exit(0));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
