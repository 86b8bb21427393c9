/** Which files no other file names. */

/** Files that are looked for by convention, or by tools, whether anything names them or not. */
const ROOTS =
  /(?:^|\/)(?:readme|license|licence|changelog|contributing|notice|index|main|app|mod|lib|setup|conftest|manage|dockerfile|makefile|procfile|justfile|gemfile|cargo|go|package|package-lock|pyproject|requirements|tsconfig|__init__|__main__)(?:[.-][^/]*)?$/i;
const BY_TOOLS =
  /(?:^|\/)\.[^/]*|(?:^|\/)(?:tests?|__tests__|spec|migrations?|sql|fixtures?|examples?|bin|scripts|routes|pages|public|static|dist|build|coverage|generated|\.github)\/|[._-](?:test|spec|config|conf|fixture|stories|d)\.[a-z]+$|(?:^|\/)test_[^/]*$|\.(?:lock|sum|toml|ini|cfg|ya?ml|lcov|info|log|map|snap)$/i;
/** What is written to be used or read from elsewhere. */
const KINDS =
  /\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|vue|svelte|css|s[ac]ss|less|html?|md|rst|sql|json|csv|png|jpe?g|gif|svg|webp)$/i;
const WORD = /[\p{L}\p{N}_$@~+-]+(?:\.[\p{L}\p{N}_$@~+-]+)*/gu;
/** A longer word is data. */
const WORD_CHARS = 200;
/** Words that are kept; beyond it everything counts as named. */
const MOST_WORDS = 2_000_000;

/** Gathers the words of texts, and says afterwards which files none of the others has named. */
export interface References {
  add(path: string, text: string): void;
  /** Those of the paths that no text but their own has named. */
  unnamed(paths: readonly string[]): readonly string[];
}

export function createReferences(): References {
  /** The file that has said a word; `''` once there were several. */
  const saidBy = new Map<string, string>();
  let full = false;
  const say = (word: string, path: string) => {
    const before = saidBy.get(word);
    if (before === undefined) {
      if (saidBy.size < MOST_WORDS) saidBy.set(word, path);
      else full = true;
    } else if (before !== path && before !== '') {
      saidBy.set(word, '');
    }
  };
  const isNamed = (path: string) =>
    namesOf(path).some((name) => {
      const by = saidBy.get(name);
      return by !== undefined && by !== path;
    });
  return {
    add(path, text) {
      for (const [word] of text.matchAll(WORD)) {
        if (word.length > WORD_CHARS) continue;
        say(word, path);
        if (!word.includes('.')) continue;
        for (const part of word.split('.')) say(part, path);
      }
    },
    unnamed: (paths) => (full ? [] : paths.filter((path) => isExpected(path) && !isNamed(path))),
  };
}

/** Whether something ought to name a file like this. */
function isExpected(path: string): boolean {
  return KINDS.test(path) && !ROOTS.test(path) && !BY_TOOLS.test(path);
}

/** Under what a file is named: with its ending and without, and in the other spellings of modules. */
function namesOf(path: string): readonly string[] {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const stem = file.slice(0, file.lastIndexOf('.'));
  return [file, stem, stem.replaceAll('-', '_'), stem.replaceAll('_', '-'), `${stem}.js`];
}
