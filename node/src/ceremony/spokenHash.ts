const CONSONANTS = 'bdfghjklmnprstvz';
const VOWELS = 'aiou';

/**
 * A hash as words to read aloud over a telephone: proquints (Wilkerson, arXiv:0901.4016), five
 * letters for each 16 bits, consonant, vowel, consonant, vowel, consonant.
 */
export function spokenHash(hex: string): string[] {
  const words: string[] = [];
  for (let at = 0; at + 4 <= hex.length; at += 4) {
    words.push(wordOf(Number.parseInt(hex.slice(at, at + 4), 16)));
  }
  return words;
}

function wordOf(bits: number): string {
  const consonant = (shift: number): string => CONSONANTS.charAt((bits >> shift) & 15);
  const vowel = (shift: number): string => VOWELS.charAt((bits >> shift) & 3);
  return consonant(12) + vowel(10) + consonant(6) + vowel(4) + consonant(0);
}
