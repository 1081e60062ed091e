import type { OperationContext } from '../context.ts';

/**
 * Something that is made once for each operation, at first use, and goes away with it: a loader, a memo.
 *
 * @param make called with the operation's context
 */
export function perOperation<Made>(
  make: (context: OperationContext) => Made,
): (context: OperationContext) => Made {
  const made = new WeakMap<OperationContext, Made>();
  return (context) => {
    const known = made.get(context);
    if (known !== undefined) return known;
    const fresh = make(context);
    made.set(context, fresh);
    return fresh;
  };
}
