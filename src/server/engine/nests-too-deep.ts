/** No input of the schema comes near it; what recurses over values breaks at some thousands. */
const MAX_NESTING = 200;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** True when lists and objects stand in one another deeper than anything that makes sense here. Looks at no short text. */
export function nestsTooDeep(json: string): boolean {
  if (json.length <= MAX_NESTING) return false;
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index);
    if (isInString && code === BACKSLASH) index += 1;
    else if (code === QUOTE) isInString = !isInString;
    else if (!isInString) {
      depth += nestingOf(code);
      if (depth > MAX_NESTING) return true;
    }
  }
  return false;
}

/** `[` and `{` open, `]` and `}` close. */
function nestingOf(code: number): -1 | 0 | 1 {
  if (code === 0x5b || code === 0x7b) return 1;
  return code === 0x5d || code === 0x7d ? -1 : 0;
}
