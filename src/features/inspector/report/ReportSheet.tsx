// The sheet itself. Plain elements and one sheet of rules, because it is also written to a file.
import { useEffect, useState, type Ref } from 'react';
import { FactTable } from '../../../components/FactTable.tsx';
import { formatFigure, formatProbability } from '../../../components/format.ts';
import { TINY_MODEL_NOTE } from '../../../components/ModelNotes.tsx';
import { ruleText } from '../../../components/parser-words.ts';
import { Bold } from '../../../components/Reasoning.tsx';
import { cutText, PCR_SENTENCE, unscoredText, VCR_SENTENCE } from '../../../components/reward-words.ts';
import { describeVote } from '../../../components/SampledAnswers.tsx';
import type { ParagraphRecord } from '../../../shared/domain/answer.ts';
import type { DatasetRecord, Label, SampleRecord } from '../../../shared/domain/sample.ts';
import { readAnswer } from '../../../shared/rewards/paragraph-reward.ts';
import { unscoredPieces, type UnscoredPiece } from '../../../shared/text/unscored.ts';
import { useHasAlpha } from '../image/use-alpha.ts';
import type { ForensicView } from '../../../shared/picture-api.ts';
import { InspectionStore } from '../../../state/inspection.ts';
import { PRIVATE_CASE_ID } from '../../../state/private-case.ts';
import type { AskedReading, Reading } from '../reading.ts';
import { useShown } from '../../../components/use-async.ts';
import {
  describeEstimate,
  describeRates,
  fileRows,
  LIMITS,
  settingRows,
  utcText,
  type ErrorRates,
  type ReportModel,
} from './case-report.ts';

export interface ReportSheetProps {
  ref: Ref<HTMLElement>;
  sample: SampleRecord;
  url: string;
  file: Blob;
  /** Called with the bytes behind each address of a picture. */
  onPicture: (address: string, blob: Blob) => void;
  /** Called when a forensic view is drawn or cannot be. */
  onViewSettled: (view: ForensicView['kind']) => void;
  dataset: DatasetRecord | null;
  model: ReportModel;
  reading: AskedReading;
  /** null where no evaluation tells them. */
  rates: ErrorRates | null;
  withViews: boolean;
}

/** What is drawn beside the picture when it is asked for. */
export const REPORT_VIEWS: readonly { view: ForensicView; caption: string }[] = [
  { view: { kind: 'error-level', quality: 90, gain: null }, caption: 'Error level, JPEG quality 90' },
  { view: { kind: 'noise', gain: null }, caption: 'Noise residual, 3 × 3 median' },
  { view: { kind: 'spectrum' }, caption: 'Log magnitude spectrum of the middle square' },
];

interface ViewFigureProps extends Pick<ReportSheetProps, 'onPicture' | 'onViewSettled'> {
  sampleId: string;
  view: ForensicView;
  caption: string;
}

function ViewFigure({ sampleId, view, caption, onPicture, onViewSettled }: ViewFigureProps) {
  const inspection = InspectionStore.useApi();
  const { value, error } = useShown(`${sampleId}|${view.kind}`, () => inspection.getState().drawView(sampleId, view));
  const { kind } = view;
  useEffect(() => {
    if (value) onPicture(value.url, value.image);
    if (value ?? error) onViewSettled(kind);
  }, [value, error, kind, onPicture, onViewSettled]);
  const gain = value?.gain ? `, gain ${value.gain}` : '';
  return (
    <figure>
      {value ? <img src={value.url} alt={caption} /> : null}
      <figcaption>
        {value
          ? `${caption}${gain}. A hint for the eye, no proof.`
          : error
            ? `${caption}: could not be drawn. ${error.message}`
            : `${caption}: computing…`}
      </figcaption>
    </figure>
  );
}

type PicturesProps = Pick<ReportSheetProps, 'sample' | 'url' | 'file' | 'onPicture' | 'onViewSettled' | 'withViews'>;

function Pictures({ sample, url, file, onPicture, onViewSettled, withViews }: PicturesProps) {
  const isTurned = sample.exifOrientation !== 1;
  useEffect(() => {
    onPicture(url, file);
  }, [url, file, onPicture]);
  return (
    <div className="pictures">
      <figure>
        <img src={url} alt="As stored in the file" style={{ imageOrientation: 'none' }} />
        <figcaption>As stored in the file{isTurned ? ': so the model saw it' : ''}</figcaption>
      </figure>
      {isTurned ? (
        <figure>
          <img src={url} alt="Upright, as the file asks" />
          <figcaption>Upright, as the file asks viewers to show it</figcaption>
        </figure>
      ) : null}
      {withViews
        ? REPORT_VIEWS.map(({ view, caption }) => (
            <ViewFigure
              key={view.kind}
              sampleId={sample.id}
              view={view}
              caption={caption}
              onPicture={onPicture}
              onViewSettled={onViewSettled}
            />
          ))
        : null}
    </div>
  );
}

function Readouts({ reading }: { reading: Reading }) {
  const { pFakeHead, pFakeToken, predict, parseRule } = reading;
  const figure = (value: number | null): string => (value === null ? 'not given' : formatProbability(value, 3));
  return (
    <FactTable
      rows={[
        ['P(fake), binary head', figure(pFakeHead)],
        ['P(fake), answer token', figure(pFakeToken)],
        ['Written answer', predict === null ? 'unparsed: no clear answer found' : `“${predict}” (${ruleText(parseRule)})`],
      ]}
    />
  );
}

/** What a paragraph's conclusion says of the paragraphs before it; empty where there is nothing to say. */
function conclusionText({ isFinal, pcr }: ParagraphRecord, answer: Label | null): string {
  if (!isFinal) return '';
  if (pcr === 1) return ' · conclusion';
  return answer === null ? ' · conclusion without a clear answer' : ' · conclusion, contradicts the majority of paragraphs';
}

function ScoredParagraph({ paragraph, answer }: { paragraph: ParagraphRecord; answer: Label | null }) {
  const { index, text, keyword, vcr, pcr, reward, vote, hasImage } = paragraph;
  return (
    <div className="paragraph">
      <p>
        <b className="number">{index + 1}.</b> <Bold text={withoutHeadingSigns(text)} />
      </p>
      <p className="quiet">
        Key phrase “{keyword}” · VCR {hasImage ? formatFigure(vcr) : 'none'} · PCR {pcr} · reward {formatFigure(reward)} · its words count
        as {vote}
        {conclusionText(paragraph, answer)}
      </p>
    </div>
  );
}

const withoutHeadingSigns = (text: string): string => text.replace(/^#+\s*/, '');

function UnscoredParagraph({ piece }: { piece: UnscoredPiece }) {
  return (
    <div className="paragraph">
      <p>
        <Bold text={withoutHeadingSigns(piece.text)} />
      </p>
      <p className="quiet">{unscoredText(piece.reason)}</p>
    </div>
  );
}

/** The whole answer in its order, what got no figures included, and where it was cut off. */
function Paragraphs({ reading }: { reading: Reading }) {
  const { completion, text, weights, truncated, tokenCount, sampled } = reading;
  const { paragraphs, votes } = completion;
  const answer = readAnswer(text, weights);
  const pieces = [
    ...paragraphs.map((paragraph) => ({ start: paragraph.start, paragraph, piece: null })),
    ...unscoredPieces(text, completion, weights).map((piece) => ({ start: piece.start, paragraph: null, piece })),
  ].toSorted((a, b) => a.start - b.start);
  return (
    <>
      {sampled ? (
        <p>
          The first answer of the majority of {sampled.length}: {describeVote(sampled)}
        </p>
      ) : null}
      {pieces.map(({ start, paragraph, piece }) =>
        paragraph ? <ScoredParagraph key={start} paragraph={paragraph} answer={answer} /> : <UnscoredParagraph key={start} piece={piece} />,
      )}
      {truncated ? <p className="cut">{cutText(tokenCount)}</p> : null}
      {votes ? (
        <p className="quiet">
          Paragraphs before the conclusion: {votes.fake} count as fake, {votes.real} as real.
        </p>
      ) : null}
      <p className="quiet">{VCR_SENTENCE}</p>
      <p className="quiet">{PCR_SENTENCE}</p>
    </>
  );
}

function engineOf({ engine }: AskedReading): string {
  if (!engine) return 'not recorded';
  const { backend, adapter, threads, precision = 'f32' } = engine;
  return `${backend}, ${adapter}${threads > 1 ? `, ${threads} threads` : ''}, ${precision} weights`;
}

/** All parts in order of use: estimate, errors, reasons, file, settings, limits. */
export function ReportSheet(props: ReportSheetProps) {
  const { ref, sample, dataset, model, reading, rates } = props;
  const { pFakeHead, pFakeToken, predict } = reading;
  const isPrivate = sample.datasetId === PRIVATE_CASE_ID;
  const [date] = useState(() => new Date());
  const appVersion = InspectionStore.use((state) => state.appVersion);
  const hasAlpha = useHasAlpha(sample);
  return (
    <article ref={ref} className="case-report" data-testid="report-sheet" data-sha256={sample.sha256} data-head={pFakeHead ?? ''}>
      <h1>Model estimate for one image</h1>
      <p className="quiet">
        {sample.path.split('/').at(-1)} · report made {utcText(date.getTime())}
      </p>
      <p className="estimate">{describeEstimate(pFakeHead, pFakeToken, predict, rates)}</p>
      {model.tiny ? <p className="quiet">{TINY_MODEL_NOTE}</p> : null}
      {dataset?.synthetic ? <p className="quiet">Synthetic data: the image was drawn by a program.</p> : null}
      <Pictures {...props} />
      <section>
        <h2>Three readouts</h2>
        <Readouts reading={reading} />
      </section>
      <section>
        <h2>How often this model errs</h2>
        {describeRates(rates).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </section>
      <section>
        <h2>Reasoning as generated</h2>
        <Paragraphs reading={reading} />
      </section>
      {sample.note || sample.rating ? (
        <section>
          <h2>Notes of the examiner</h2>
          {sample.rating ? <p>Rating of the reasoning: {sample.rating} of 5.</p> : null}
          {sample.note ? <p>{sample.note}</p> : null}
        </section>
      ) : null}
      <section>
        <h2>The file</h2>
        <FactTable rows={fileRows(sample, dataset, { isPrivate, hasAlpha })} />
      </section>
      <section>
        <h2>How it was asked</h2>
        <FactTable rows={settingRows(model, reading, { engine: engineOf(reading), appVersion })} />
      </section>
      <section>
        <h2>Limits</h2>
        <ul>
          {LIMITS.map((limit) => (
            <li key={limit}>{limit}</li>
          ))}
        </ul>
      </section>
    </article>
  );
}
