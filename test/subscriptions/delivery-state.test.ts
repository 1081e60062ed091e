import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeliveryReport, reportIdentity } from '../../src/domain/delivery-report.ts';
import { isFinalStatus } from '../../src/domain/message-status.ts';
import { statusRank } from '../../src/domain/status-progress.ts';
import { applyTimeline, buildTimeline, foldReports } from '../../src/subscriptions/delivery-state.ts';
import { createMessage, createReport } from './support.ts';

const at = (second: number) => `2026-02-13T10:30:${String(second).padStart(2, '0')}.000Z`;

const RAW_STATUSES = [
  'pending',
  'sent',
  'ENROUTE',
  'ACCEPTD',
  'DELIVRD',
  'UNDELIV',
  'REJECTD',
  'EXPIRED',
  'DELETED',
  'UNKNOWN',
  'failed',
  'BUFFERD',
];
const reportFrom = (rawStatuses: readonly string[]) =>
  fc
    .record({
      rawStatus: fc.constantFrom(...rawStatuses),
      statusCode: fc.constantFrom(null, '000', '027', '031'),
      second: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ rawStatus, statusCode, second }) =>
      createReport({ rawStatus, statusCode, occurredAt: at(second) }),
    );
const anyReports = fc.array(reportFrom(RAW_STATUSES), { minLength: 1, maxLength: 12 });

/** Reports of which all final ones agree: nothing but their order can differ. */
const agreeingReports = fc.constantFrom('DELIVRD', 'UNDELIV', 'EXPIRED').chain((final) =>
  fc.array(reportFrom(['pending', 'sent', 'ENROUTE', 'ACCEPTD', 'BUFFERD', final]), {
    minLength: 1,
    maxLength: 10,
  }),
);
const withPermutation = (reports: fc.Arbitrary<DeliveryReport[]>) =>
  reports.chain((original) =>
    fc.tuple(
      fc.constant(original),
      fc.shuffledSubarray(original, { minLength: original.length, maxLength: original.length }),
    ),
  );

describe('the delivery state', () => {
  it('is nothing without reports', () => {
    expect(foldReports([])).toBeNull();
    expect(buildTimeline([])).toEqual([]);
  });

  it('tells status, raw status, reason and time of delivery', () => {
    expect(
      foldReports([createReport({ rawStatus: 'DELIVRD', statusCode: '000', occurredAt: at(4) })]),
    ).toEqual({
      status: 'DELIVERED',
      rawStatus: 'DELIVRD',
      statusCode: '000',
      occurredAt: at(4),
      deliveredAt: at(4),
      isFinal: true,
      contradictions: [],
    });
  });

  it('is not taken back by a lesser status that comes late', () => {
    const state = foldReports([
      createReport({ rawStatus: 'DELIVRD', occurredAt: at(4) }),
      createReport({ rawStatus: 'ENROUTE', occurredAt: at(5) }),
      createReport({ rawStatus: 'sent', occurredAt: at(6) }),
    ]);
    expect(state).toMatchObject({ status: 'DELIVERED', isFinal: true, contradictions: [] });
  });

  it('lets no status that it does not know hide one that it knows', () => {
    const known = createReport({ rawStatus: 'sent', occurredAt: at(1) });
    const unknown = createReport({ rawStatus: 'BUFFERD', occurredAt: at(2) });
    expect(foldReports([known, unknown])).toMatchObject({ status: 'SENT', isFinal: false });
    expect(foldReports([unknown])).toMatchObject({
      status: 'UNRECOGNIZED',
      rawStatus: 'BUFFERD',
      isFinal: false,
    });
  });

  it('keeps the first known reason of a failure', () => {
    const state = foldReports([
      createReport({ rawStatus: 'UNDELIV', statusCode: null, occurredAt: at(1) }),
      createReport({ rawStatus: 'UNDELIV', statusCode: '027', occurredAt: at(2) }),
      createReport({ rawStatus: 'UNDELIV', statusCode: '031', occurredAt: at(3) }),
    ]);
    expect(state).toMatchObject({ status: 'UNDELIVERED', statusCode: '027', occurredAt: at(1) });
  });

  it('stays as the clean-up of the provider ended it when a real report follows, and marks that one', () => {
    const cleanUp = createReport({ rawStatus: 'UNDELIV', statusCode: null, occurredAt: at(5) });
    const late = createReport({ rawStatus: 'DELIVRD', occurredAt: at(4) });
    expect(foldReports([cleanUp, late])).toMatchObject({
      status: 'UNDELIVERED',
      statusCode: null,
      deliveredAt: null,
      contradictions: [late],
    });
    expect(buildTimeline([cleanUp, late])).toEqual([
      { ...late, isContradiction: true },
      { ...cleanUp, isContradiction: false },
    ]);
  });

  it('depends on no order as long as the final reports agree', () => {
    fc.assert(
      fc.property(withPermutation(agreeingReports), ([reports, permuted]) => {
        expect(foldReports(permuted)).toEqual(foldReports(reports));
        expect(buildTimeline(permuted)).toEqual(buildTimeline(reports));
      }),
    );
  });

  it('depends, when final reports contradict each other, on nothing but which of them came first', () => {
    fc.assert(
      fc.property(withPermutation(anyReports), ([reports, permuted]) => {
        const firstFinal = (list: readonly DeliveryReport[]) =>
          list.find((report) => isFinalStatus(report.status))?.status;
        fc.pre(firstFinal(reports) === firstFinal(permuted));
        expect(foldReports(permuted)).toEqual(foldReports(reports));
      }),
    );
  });

  it('never goes backwards, and never changes once final', () => {
    fc.assert(
      fc.property(anyReports, (reports) => {
        const states = reports.map((_report, index) => foldReports(reports.slice(0, index + 1)));
        states.slice(1).forEach((state, index) => {
          const before = states[index];
          if (state == null || before == null) throw new Error('A report makes a state.');
          expect(statusRank(state.status)).toBeGreaterThanOrEqual(statusRank(before.status));
          if (before.isFinal) expect(state.status).toBe(before.status);
          if (before.isFinal && before.statusCode !== null) expect(state.statusCode).not.toBeNull();
        });
      }),
    );
  });

  it('is not changed by repeats', () => {
    fc.assert(
      fc.property(anyReports, fc.array(fc.nat()), (reports, picks) => {
        const repeats = picks.map((pick) => reports[pick % reports.length] ?? createReport());
        expect(foldReports([...reports, ...repeats])).toEqual(foldReports(reports));
        expect(buildTimeline([...reports, ...repeats])).toEqual(buildTimeline(reports));
      }),
    );
  });

  it('keeps every distinct report in the timeline, oldest first, with exactly the contradictions marked', () => {
    fc.assert(
      fc.property(anyReports, (reports) => {
        const timeline = buildTimeline(reports);
        const status = foldReports(reports)?.status;
        expect(timeline).toHaveLength(new Set(reports.map(reportIdentity)).size);
        expect(timeline.map((report) => report.occurredAt)).toEqual(
          timeline.map((report) => report.occurredAt).sort(),
        );
        for (const report of timeline)
          expect(report.isContradiction).toBe(
            isFinalStatus(report.status) &&
              status !== undefined &&
              isFinalStatus(status) &&
              report.status !== status,
          );
      }),
    );
  });
});

describe('a message with its timeline', () => {
  it('is as the provider says when no report came', () => {
    const message = createMessage();
    expect(applyTimeline(message, [])).toBe(message);
  });

  it('follows a report that is further than the snapshot', () => {
    const report = createReport({ rawStatus: 'DELIVRD', statusCode: '000', occurredAt: at(4) });
    expect(applyTimeline(createMessage({ rawStatus: 'sent' }), [report])).toEqual(
      createMessage({
        status: 'DELIVERED',
        rawStatus: 'DELIVRD',
        statusCode: '000',
        deliveredAt: at(4),
      }),
    );
  });

  it('follows a snapshot that is further than the reports', () => {
    const message = createMessage({ rawStatus: 'EXPIRED', statusCode: '055' });
    expect(applyTimeline(message, [createReport({ rawStatus: 'sent' })])).toBe(message);
  });

  it('takes the reason from the snapshot when no report gave one', () => {
    const message = createMessage({ rawStatus: 'UNDELIV', statusCode: '027' });
    const report = createReport({ rawStatus: 'UNDELIV', statusCode: null });
    expect(applyTimeline(message, [report])).toMatchObject({ status: 'UNDELIVERED', statusCode: '027' });
  });

  it('ends as its subscribers were told when the snapshot is of another end', () => {
    const message = createMessage({ rawStatus: 'DELIVRD', statusCode: '000', deliveredAt: at(9) });
    const report = createReport({ rawStatus: 'UNDELIV', statusCode: null, occurredAt: at(5) });
    expect(applyTimeline(message, [report])).toMatchObject({
      status: 'UNDELIVERED',
      rawStatus: 'UNDELIV',
      statusCode: null,
      deliveredAt: null,
    });
  });

  it('never stands behind its snapshot nor behind its reports', () => {
    fc.assert(
      fc.property(fc.constantFrom(...RAW_STATUSES), anyReports, (rawStatus, reports) => {
        const message = createMessage({ rawStatus });
        const status = applyTimeline(message, reports).status;
        expect(statusRank(status)).toBe(
          Math.max(statusRank(message.status), ...reports.map((report) => statusRank(report.status))),
        );
      }),
    );
  });
});
