using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.Trainer.Rounds;

/// <summary>Deletes what the plan does not keep. Documents are always kept; so are the initial, the newest and the best checkpoint.</summary>
/// <remarks>
/// Works from the documents alone, so it needs no memory of its own. A round's tensors go once later rounds have closed; what a crash in between leaves behind,
/// and what losers of races left, goes in the sweep at the job's end. Checkpoints with precise statistics are branches, each for the round after it alone: they go once that one has closed.
/// </remarks>
internal sealed class Retention(JobContext job)
{
    private readonly int _updateRounds = job.Plan.Retention.UpdateRounds;

    // A replay of a kept round starts from the checkpoint before it.
    private readonly int _checkpoints = Math.Max(job.Plan.Retention.Checkpoints, job.Plan.Retention.UpdateRounds + 1);

    /// <summary>Deletes what left the window when a round closed.</summary>
    /// <param name="document">Its closed.json.</param>
    /// <param name="bestBefore">The best of the round before.</param>
    /// <param name="cancellationToken">Stops between deletions.</param>
    public async Task ClosedAsync(ClosedDocument document, BestCheckpoint? bestBefore, CancellationToken cancellationToken)
    {
        var closed = document.Round;
        // What was best and no longer is goes, unless the window keeps it anyway.
        if (bestBefore is not null && bestBefore.Checkpoint.Name != document.Best?.Checkpoint.Name && await IsOldAsync(bestBefore, closed, cancellationToken).ConfigureAwait(false))
            await DeleteAsync(bestBefore.Checkpoint.Name, cancellationToken).ConfigureAwait(false);
        if (closed.IsPopulation || closed.Kind == RoundKind.Evaluate)
        {
            await ClosedBranchAsync(document, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (Before(closed, _updateRounds) is { } spent && await CutAsync(spent, cancellationToken).ConfigureAwait(false) is { } cut)
            await DeleteUpdatesAsync(cut, cancellationToken).ConfigureAwait(false);

        if (Before(closed, _checkpoints) is { } old && await ClosedAtAsync(old, cancellationToken).ConfigureAwait(false) is { } spentRound)
        {
            if (spentRound.Checkpoint.Name != document.Best?.Checkpoint.Name)
                await DeleteAsync(spentRound.Checkpoint.Name, cancellationToken).ConfigureAwait(false);
            if (spentRound.ServerState is { } state)
                await DeleteAsync(state.Name, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>At the job's end: deletes every update, checkpoint and server state that no kept round names.</summary>
    public async Task SweepAsync(ClosedDocument end, CancellationToken cancellationToken)
    {
        var last = end.Round;
        var newest = new RoundKey(last.Number, last.Number == 0 ? RoundKind.Statistics : RoundKind.Train, last.Number == 0 ? last.Stage : 0);
        var kept = new HashSet<string>(StringComparer.Ordinal) { LedgerPaths.InitialCheckpoint, LedgerPaths.InitialPersonal };
        if (end.Best is { } best)
            kept.Add(best.Checkpoint.Name);
        for (var i = 0; i < Math.Max(_checkpoints, _updateRounds) && Before(newest, i) is { } round; i++)
        {
            if (i < _checkpoints && await ClosedAtAsync(round, cancellationToken).ConfigureAwait(false) is { } closed)
                kept.UnionWith(new[] { closed.Checkpoint.Name, closed.ServerState?.Name }.OfType<string>());
            if (i < _updateRounds && await CutAsync(round, cancellationToken).ConfigureAwait(false) is { } cut)
                kept.UnionWith(cut.Admitted.Where(a => a.Update is not null).Select(a => a.Client + "/" + a.Update!.Name));
        }

        var spent = new List<(IBlobStore Store, string Name)>();
        foreach (var folder in new[] { "checkpoints/", "server-state/" })
            await ListAsync(job.Ledger.Global, folder, name => kept.Contains(name), spent, cancellationToken).ConfigureAwait(false);
        foreach (var client in job.Plan.Clients)
            await ListAsync(job.Ledger.Exchange(client.Name), LedgerPaths.Updates, name => kept.Contains(client.Name + "/" + name), spent, cancellationToken).ConfigureAwait(false);

        // The job may have grown, and another aggregator gone on with it: what was listed before this look belongs to no later round.
        if (await job.Ledger.Global.StatAsync(LedgerPaths.Open(new RoundKey(last.Number + 1, RoundKind.Train)), cancellationToken).ConfigureAwait(false) is not null)
            return;
        foreach (var (store, name) in spent)
            await store.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>After a round of precise statistics: its updates, and the branch that it started from. No round is made again from them.</summary>
    private async Task ClosedBranchAsync(ClosedDocument document, CancellationToken cancellationToken)
    {
        var closed = document.Round;
        if (closed.IsPopulation && await CutAsync(closed, cancellationToken).ConfigureAwait(false) is { } cut)
            await DeleteUpdatesAsync(cut, cancellationToken).ConfigureAwait(false);
        var stage = closed.IsPopulation ? closed.Stage - 1 : job.Sequence.Population.Count;
        if (stage == 0 || (await ClosedAtAsync(new RoundKey(closed.Number, RoundKind.Statistics, stage), cancellationToken).ConfigureAwait(false))?.Population is not { } spent)
            return;
        // Files are named by content: statistics that changed nothing have the name of what lives on.
        if (spent.Name != document.Checkpoint.Name && spent.Name != document.Population?.Name && spent.Name != document.Best?.Checkpoint.Name)
            await DeleteAsync(spent.Name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether the window no longer keeps what was the best; it never keeps one with precise statistics.</summary>
    private async Task<bool> IsOldAsync(BestCheckpoint best, RoundKey closed, CancellationToken cancellationToken)
    {
        var train = new RoundKey(best.Round, RoundKind.Train);
        return Index(closed) - Index(train) >= _checkpoints
            || (await ClosedAtAsync(train, cancellationToken).ConfigureAwait(false) is { } made && made.Checkpoint.Name != best.Checkpoint.Name);
    }

    private async Task DeleteUpdatesAsync(CutDocument cut, CancellationToken cancellationToken)
    {
        foreach (var admission in cut.Admitted.Where(a => a.Update is not null))
            await job.Ledger.Exchange(admission.Client).DeleteAsync(admission.Update!.Name, cancellationToken).ConfigureAwait(false);
    }

    private static async Task ListAsync(IBlobStore store, string folder, Func<string, bool> kept, List<(IBlobStore Store, string Name)> spent, CancellationToken cancellationToken)
    {
        await foreach (var blob in store.ListAsync(folder, cancellationToken).ConfigureAwait(false))
        {
            if (!kept(blob.Name))
                spent.Add((store, blob.Name));
        }
    }

    /// <summary>The checkpoint-making round so many before this one; null before the first.</summary>
    private RoundKey? Before(RoundKey round, int back)
    {
        var bootstrap = job.Sequence.Bootstrap.Count;
        var index = Index(round) - back;
        if (index < 0)
            return null;
        return index < bootstrap ? new RoundKey(0, RoundKind.Statistics, index + 1) : new RoundKey(index - bootstrap + 1, RoundKind.Train);
    }

    /// <summary>Which checkpoint-making round, from 0: the bootstrap's first, then training's. An evaluate round, and one of precise statistics, counts as the train round that it follows.</summary>
    private int Index(RoundKey round) => round is { Kind: RoundKind.Statistics, Number: 0 } ? round.Stage - 1 : job.Sequence.Bootstrap.Count + round.Number - 1;

    private Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        name == LedgerPaths.InitialCheckpoint ? Task.CompletedTask : job.Ledger.Global.DeleteAsync(name, cancellationToken);

    private async Task<CutDocument?> CutAsync(RoundKey round, CancellationToken cancellationToken) =>
        (await job.Ledger.Global.ReadDocumentAsync(LedgerPaths.Cut(round), LedgerJson.Default.CutDocument, cancellationToken).ConfigureAwait(false))?.Document;

    private async Task<ClosedDocument?> ClosedAtAsync(RoundKey round, CancellationToken cancellationToken) =>
        (await job.Ledger.Global.ReadDocumentAsync(LedgerPaths.Closed(round), LedgerJson.Default.ClosedDocument, cancellationToken).ConfigureAwait(false))?.Document;
}
