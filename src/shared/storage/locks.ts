// Names of the Web Locks that keep two tabs from writing the same things.

/** Held while datasets are imported, generated or deleted. */
export const DATA_WRITER_LOCK = 'prpo-data-writer';

/** Held while an evaluation or a training run writes. */
export const ENGINE_WRITER_LOCK = 'prpo-writer';
