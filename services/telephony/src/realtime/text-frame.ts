const [FIN_TEXT, TWO_BYTES, EIGHT_BYTES] = [0x81, 126, 127];

/**
 * A text message as a server sends it (RFC 6455, 5.2): whole, without a mask, in one buffer. ws writes header and text apart, which cost a
 * tenth more in bench fan-out, and cannot join the frames of one turn; everything else on the socket is its own.
 */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < TWO_BYTES ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = FIN_TEXT;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = TWO_BYTES;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = EIGHT_BYTES;
    frame.writeUInt32BE(0, 2);
    frame.writeUInt32BE(length, 6);
  }
  frame.write(text, head);
  return frame;
}
