import type { SecretStore } from '@tenuto/engine';
import type { Database } from './queries/database.ts';
import { changeSecret, createSecret, removeSecret, resealSecret } from './queries/secret-change.ts';
import {
  findSecret,
  listSecrets,
  sealedOtherwise,
  sealedSecrets,
  unknownSecrets,
} from './queries/secrets.ts';

/** Stored secrets, as the API and the actions see them. */
export function createSecretStore(db: Database): SecretStore {
  return {
    create: (secret) => createSecret(db, secret),
    find: (access, idOrName) => findSecret(db, access, idOrName),
    list: (access, page) => listSecrets(db, access, page),
    change: (access, edit) => changeSecret(db, access, edit),
    remove: (access, removal) => removeSecret(db, access, removal),
    sealed: (owner, names) => sealedSecrets(db, owner, names),
    unknown: (owner, names) => unknownSecrets(db, owner, names),
    sealedOtherwise: (head, most) => sealedOtherwise(db, head, most),
    reseal: (secret, sealed) => resealSecret(db, secret, sealed),
  };
}
