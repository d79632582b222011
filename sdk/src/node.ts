export { type KeystoreFileOptions, openKeystoreFile } from './accounts/openKeystoreFile.js';
export { fileCheckpoints } from './events/fileCheckpoints.js';
export { saveEvidence } from './evidence/saveEvidence.js';
