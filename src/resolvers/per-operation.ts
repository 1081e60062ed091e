/**
 * Something that is made once for each operation, at first use, and goes away with it: a loader, a memo.
 *
 * @param make called with the operation's context
 */
export function perOperation<Context extends object, Made>(
  make: (context: Context) => Made,
): (context: Context) => Made {
  const made = new WeakMap<Context, Made>();
  return (context) => {
    const known = made.get(context);
    if (known !== undefined) return known;
    const fresh = make(context);
    made.set(context, fresh);
    return fresh;
  };
}
