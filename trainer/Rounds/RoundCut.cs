using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Rounds;

/// <summary>Waits until a round may be cut, and cuts it.</summary>
/// <remarks>
/// Cut when every awaited participant has reported and the quorum is admitted; otherwise at the deadline, if the quorum is admitted; below it, extend or fail.
/// The deadline is a duration: it starts anew when an aggregator takes over. It permits a cut and never invalidates one.
/// </remarks>
internal sealed class RoundCut(JobContext job, Stored<OpenDocument> open, ReportCollection reports, Action<IReadOnlyList<string>, string?> waitingFor)
{
    private readonly TimeSpan _deadline = TimeSpan.FromSeconds(job.Plan.Participation.DeadlineSeconds);
    private static readonly TimeSpan s_statusInterval = TimeSpan.FromSeconds(1);

    private int _extensions;

    /// <summary>The round's cut: ours, or that of whoever was first.</summary>
    public async Task<Stored<CutDocument>> RunAsync(CancellationToken cancellationToken)
    {
        var global = job.Ledger.Global;
        var round = open.Document.Round;
        if (await global.ReadDocumentAsync(LedgerPaths.Cut(round), LedgerJson.Default.CutDocument, cancellationToken).ConfigureAwait(false) is { } decided)
            return decided;
        while (await global.StatAsync(LedgerPaths.Extended(round, _extensions + 1), cancellationToken).ConfigureAwait(false) is not null)
            _extensions++;

        var cut = await WaitAsync(cancellationToken).ConfigureAwait(false);
        // The decision is made: a stop request waits until it is written.
        return await global.CreateOrAdoptAsync(LedgerPaths.Cut(round), cut, LedgerJson.Default.CutDocument, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<CutDocument> WaitAsync(CancellationToken cancellationToken)
    {
        var pacing = job.NewWait();
        var since = job.Time.GetTimestamp();
        var said = since;
        while (true)
        {
            if (await reports.LookAsync(cancellationToken).ConfigureAwait(false))
                pacing.Restart();
            if (job.Time.GetElapsedTime(said) >= s_statusInterval)
            {
                said = job.Time.GetTimestamp();
                reports.Lost = (await Position.ReadControlAsync(job.Ledger.Global, cancellationToken).ConfigureAwait(false)).Lost;
                waitingFor(reports.Silent, _extensions > 0 ? $"round {open.Document.Round} was extended {_extensions} times: {open.Document.Quorum} updates are needed" : null);
            }

            if (await reports.TryCutAsync(final: false).ConfigureAwait(false) is { } complete)
                return complete;
            // Nobody is silent, and the quorum is not there: another second would not help.
            if (reports.Silent.Count == 0 && (await reports.TryCutAsync(final: true).ConfigureAwait(false))! is var all)
                return all.Admitted.Count >= open.Document.Quorum ? all : all with { Failure = Hopeless(all) };
            if (job.Time.GetElapsedTime(since) >= _deadline)
            {
                var cut = (await reports.TryCutAsync(final: true).ConfigureAwait(false))!;
                if (cut.Admitted.Count >= open.Document.Quorum)
                    return cut;
                if (Hopeless(cut) is { } failure)
                    return cut with { Failure = failure };
                await ExtendAsync(cut).ConfigureAwait(false);
                since = job.Time.GetTimestamp();
            }

            await pacing.NextLookAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private Failure? Hopeless(CutDocument cut)
    {
        var needed = open.Document.Quorum;
        var why = string.Join("; ", cut.Excluded.Select(e => $"{e.Client}: {e.Message}"));
        var reach = cut.Admitted.Count + cut.Excluded.Count(e => e.Reason == ExclusionReason.Missing);
        var text = $"round {cut.Round} has {cut.Admitted.Count} of the {needed} updates that its quorum needs ({why})";
        if (job.Plan.Participation.BelowQuorum == BelowQuorum.Fail)
            return new Failure("BelowQuorum", text + "; participation.belowQuorum is `fail`");
        if (reach < needed)
            return new Failure("BelowQuorum", text + "; the reports that are here cannot be mended, so another deadline would not help");
        return _extensions >= job.Plan.Participation.MaxExtensions
            ? new Failure("BelowQuorum", text + $"; it was extended {_extensions} times (participation.maxExtensions)")
            : null;
    }

    private async Task ExtendAsync(CutDocument cut)
    {
        _extensions++;
        var extended = new ExtendedDocument(open.Document.Round, _extensions, open.Document.Quorum, cut.Excluded);
        await job.Ledger.Global.CreateOrAdoptAsync(LedgerPaths.Extended(open.Document.Round, _extensions), extended, LedgerJson.Default.ExtendedDocument, CancellationToken.None).ConfigureAwait(false);
    }
}
