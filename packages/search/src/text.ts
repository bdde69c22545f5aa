/** Letters and digits alone: the dot in 阿卜杜拉·热合曼 is written in many ways, and what nobody sees is pasted along. */
export const plain = (text: string) =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, "");

/** As texts are held to be the same: full-width or not, large or small, spaces around them or not. */
export const folded = (text: string) => text.normalize("NFKC").toLowerCase().trim();
