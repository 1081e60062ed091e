const FINAL_TEXT = 0x81;
/** Length codes of RFC 6455, 5.2: up to this the length itself, then two bytes, then eight. */
const LONGEST_SHORT = 125;
const TWO_BYTES_FOLLOW = 126;
const LONGEST_MEDIUM = 0xffff;
const EIGHT_BYTES_FOLLOW = 127;
const CLOSING_BRACE = 0x7d;

interface Payload {
  readonly head: Uint8Array;
  readonly body: Uint8Array;
}

/**
 * Text frames that wait to leave one connection together. Of an event that goes to many, only the head is a client's own;
 * the bytes of the body are the same for all, and are copied into place once, here.
 */
export class FrameBatch {
  #payloads: Payload[] = [];
  #byteLength = 0;

  /** What `take` will return has so many bytes. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** Adds the frame `<head><body>}`. */
  add(head: Uint8Array, body: Uint8Array): void {
    const length = head.length + body.length + 1;
    this.#payloads.push({ head, body });
    this.#byteLength += headerLengthOf(length) + length;
  }

  /** All frames, one after the other; the batch is empty then. */
  take(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#byteLength);
    let at = 0;
    for (const { head, body } of this.#payloads) {
      at = writeHeader(bytes, at, head.length + body.length + 1);
      bytes.set(head, at);
      at += head.length;
      bytes.set(body, at);
      at = bytes.writeUInt8(CLOSING_BRACE, at + body.length);
    }
    this.#payloads = [];
    this.#byteLength = 0;
    return bytes;
  }
}

function headerLengthOf(length: number): number {
  if (length <= LONGEST_SHORT) return 2;
  return length <= LONGEST_MEDIUM ? 4 : 10;
}

/** @returns where the payload begins */
function writeHeader(bytes: Buffer, start: number, length: number): number {
  const at = bytes.writeUInt8(FINAL_TEXT, start);
  if (length <= LONGEST_SHORT) return bytes.writeUInt8(length, at);
  if (length <= LONGEST_MEDIUM) return bytes.writeUInt16BE(length, bytes.writeUInt8(TWO_BYTES_FOLLOW, at));
  return bytes.writeBigUInt64BE(BigInt(length), bytes.writeUInt8(EIGHT_BYTES_FOLLOW, at));
}
