// YAKE's English stop words: equal, word by word, to the list of stopwords-json (Apache-2.0) plus four.
import english from 'stopwords-json/dist/en.json' with { type: 'json' };

export const STOP_WORDS: ReadonlySet<string> = new Set([...english, 'dr', 'dra', 'mr', 'ms']);
