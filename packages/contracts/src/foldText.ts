const FULL_WIDTH_FIRST = 0xff01;
const FULL_WIDTH_LAST = 0xff5e;
const FULL_WIDTH_SHIFT = 0xfee0;
const DROPPED: ReadonlySet<number> = new Set([0x20, 0xa0, 0x3000]);

/**
 * Folds an invoice code, an invoice number or a bank's reference by the one fixed table
 * (domain 3.3): full-width U+FF01–FF5E to ASCII, a–z to A–Z, U+0020, U+00A0 and U+3000 dropped.
 * No Unicode normalisation: its tables differ between builds of Node.
 */
export function foldText(text: string): string {
  let folded = '';
  for (let i = 0; i < text.length; i += 1) {
    const unit = narrow(text.charCodeAt(i));
    if (!DROPPED.has(unit)) folded += String.fromCharCode(unit);
  }
  return folded;
}

function narrow(unit: number): number {
  const ascii = unit >= FULL_WIDTH_FIRST && unit <= FULL_WIDTH_LAST;
  const narrowed = ascii ? unit - FULL_WIDTH_SHIFT : unit;
  return narrowed >= 0x61 && narrowed <= 0x7a ? narrowed - 0x20 : narrowed;
}
