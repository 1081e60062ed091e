const INTERVAL_MS = 250;

/**
 * Calls back once the process that started this one is gone; only under npm.
 *
 * npm runs a script through a shell, and Debian's does not hand on the signal that ends npm: what runs would stay behind
 * unseen, with the port and the store in its hands. Whoever starts this without npm may well want it to outlive the shell.
 */
export function watchParent(onGone: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, INTERVAL_MS);
  timer.unref();
}
