import { hasCheckDigit, isLei, isUnifiedSocialCreditCode } from './checkDigits.js';
import { readDigitalLink, textFromDigitalLink } from './digitalLink.js';
import { linkFromEpcUrn } from './epcUrn.js';

const GLN = /^[0-9]{13}$/;
const DEVELOPMENT_PARTY = /^[0-9A-Za-z-]{1,56}$/;

/**
 * The one form in which identifiers are compared: an EPC URN or a GS1 Digital Link becomes the
 * canonical link, anything else stays as it is (design section 6).
 */
export function canonicalIdentifier(uri: string): string {
  const fromUrn = linkFromEpcUrn(uri);
  if (fromUrn !== undefined) return fromUrn;
  const link = readDigitalLink(uri);
  return link === undefined ? uri : textFromDigitalLink(link);
}

/**
 * What is wrong with a party id's value, or undefined when its check characters are right:
 * `uscc:` (GB 32100), `lei:` (ISO 17442), `gln:` (GS1); `dev:` carries none.
 */
export function partyIdProblem(id: string): string | undefined {
  const colon = id.indexOf(':');
  const value = id.slice(colon + 1);
  switch (id.slice(0, Math.max(colon, 0))) {
    case 'uscc':
      return isUnifiedSocialCreditCode(value) ? undefined : 'not a unified social credit code';
    case 'lei':
      return isLei(value) ? undefined : 'not a legal entity identifier';
    case 'gln':
      return GLN.test(value) && hasCheckDigit(value) ? undefined : 'not a global location number';
    case 'dev':
      return DEVELOPMENT_PARTY.test(value) ? undefined : 'not a development id';
    default:
      return 'a party id starts with uscc:, lei:, gln: or dev:';
  }
}
