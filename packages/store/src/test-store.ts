import type { TestStore } from '@tenuto/engine';
import type { Database } from './queries/database.ts';
import { listRunTests } from './queries/run-tests.ts';
import { createCatalogueStore } from './queries/test-catalogue.ts';
import {
  listEarlier,
  listFailed,
  listKnown,
  listQuarantined,
  listResults,
} from './queries/test-history.ts';
import { editTest, findTest, listTests } from './queries/tests.ts';

/** What requests and actions ask about tests. */
export function createTestStore(db: Database): TestStore {
  return {
    list: (access, of, page) => listTests(db, access, of, page),
    find: (access, testId) => findTest(db, access, testId),
    history: (access, testId, page) => listResults(db, access, testId, page),
    edit: (access, edit) => editTest(db, access, edit),
    failed: (access, of) => listFailed(db, access, of),
    ofRun: (of, page) => listRunTests(db, of, page),
    catalogue: createCatalogueStore(db),
    memory: {
      quarantined: (owner) => listQuarantined(db, owner),
      known: (owner, suite) => listKnown(db, owner, suite),
      earlier: (of) => listEarlier(db, of),
    },
  };
}
