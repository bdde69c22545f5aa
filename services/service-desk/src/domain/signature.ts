import { DomainError } from "@trunkline/errors";

const PNG_MAGIC = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const MAX_BYTES = 102_400;

/** @throws DomainError invalid signature_not_png, signature_too_large */
export function checkSignatureImage(image: Uint8Array): void {
  if (image.length > MAX_BYTES) {
    throw new DomainError("invalid", "signature_too_large", `the signature is larger than ${MAX_BYTES} bytes: send a smaller drawing`, {
      bytes: image.length,
    });
  }
  if (PNG_MAGIC.some((byte, index) => image[index] !== byte)) {
    throw new DomainError("invalid", "signature_not_png", "the signature is no PNG image: send one");
  }
}
