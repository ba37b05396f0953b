using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Trainer.Aggregation;

namespace FedOperator.Trainer.Rounds;

/// <summary>Turns (open, cut) into the next checkpoint and closed.json.</summary>
internal sealed class RoundClosing(JobContext job, Stored<OpenDocument> open, Stored<CutDocument> cut)
{
    private const int ClientsWithEveryLayer = 100;
    private const int ClientsShownOfMany = 10;

    /// <summary>Closes the round, or adopts the close of whoever was first.</summary>
    /// <param name="clients">As the opening left them.</param>
    /// <param name="best">Of the round before.</param>
    /// <param name="reports">Those behind the cut.</param>
    /// <param name="secondsSoFar">Since the opening.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    public async Task<Stored<ClosedDocument>> RunAsync(
        IReadOnlyList<ClientRecord> clients, BestCheckpoint? best, IReadOnlyDictionary<string, ReportDocument> reports, Func<double> secondsSoFar, CancellationToken cancellationToken)
    {
        var global = job.Ledger.Global;
        var name = LedgerPaths.Closed(open.Document.Round);
        Task<Stored<ClosedDocument>?> ClosedAsync() => global.ReadDocumentAsync(name, LedgerJson.Default.ClosedDocument, cancellationToken);
        if (await ClosedAsync().ConfigureAwait(false) is { } closed)
            return closed;
        var waited = secondsSoFar();
        ClosedDocument document;
        try
        {
            document = cut.Document.Failure is { } failure
                ? Failed(clients, failure)
                : await ReduceAsync(clients, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is UpdateReplacedException or BlobStoreException { Fault: BlobFault.Missing or BlobFault.Changed })
        {
            // Another aggregator may have closed the round, and deleted what it was made of, while this one slept.
            if (await ClosedAsync().ConfigureAwait(false) is { } theirs)
                return theirs;
            if (e is not UpdateReplacedException)
                throw;
            document = Failed(clients, new Failure("UpdateReplaced", e.Message));
        }

        var metrics = Measured(document.Metrics, reports);
        document = document with
        {
            Metrics = metrics with { WaitSeconds = waited, ReduceSeconds = secondsSoFar() - waited, Seconds = secondsSoFar() },
            // A round that fails may have been evaluated by too few.
            Best = document.Failure is null ? BestCheckpoint.After(best, open.Document.Round, open.Document.Base, metrics.Evaluation) : best,
        };
        return await global.CreateOrAdoptAsync(name, document, LedgerJson.Default.ClosedDocument, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<ClosedDocument> ReduceAsync(IReadOnlyList<ClientRecord> clients, CancellationToken cancellationToken)
    {
        var round = open.Document.Round;
        if (round.Kind == RoundKind.Evaluate)
        {
            var target = (await Position.ReadControlAsync(job.Ledger.Global, cancellationToken).ConfigureAwait(false)).Rounds ?? 0;
            var more = job.Sequence.After(round, Math.Max(open.Document.Target, target));
            // An evaluation between two train rounds is of no result.
            var result = round.Number >= open.Document.Target ? await InferenceModel.WriteAsync(job, open.Document.Base, round.Number, cancellationToken).ConfigureAwait(false) : null;
            return Unchanged(clients) with { Next = more, Result = result };
        }

        try
        {
            var input = await ReductionOf.RoundAsync(job, open.Document, cut.Document, cancellationToken).ConfigureAwait(false);
            var reduced = await Reduction.RunAsync(input, cancellationToken).ConfigureAwait(false);
            return Reduced(reduced, clients) with { Next = job.Sequence.After(round, open.Document.Target) };
        }
        catch (ArithmeticException e)
        {
            // A function of (open, cut): it would diverge again.
            return Failed(clients, new Failure("Diverged", e.Message));
        }
        catch (TooFewUpdatesException e)
        {
            return Failed(clients, new Failure("TooFewUpdates", e.Message));
        }
    }

    private ClosedDocument Reduced(ReducedRound reduced, IReadOnlyList<ClientRecord> clients) => Unchanged(clients) with
    {
        // Precise statistics are a branch: training's checkpoint stays the one that it goes on from.
        Checkpoint = open.Document.Round.IsPopulation ? Trained : reduced.Checkpoint,
        Population = open.Document.Round.IsPopulation ? reduced.Checkpoint : null,
        // A statistics round leaves the server optimizer's state as it is.
        ServerState = reduced.ServerState ?? open.Document.ServerState,
        Metrics = new RoundMetrics
        {
            UpdateNorm = reduced.UpdateNorm,
            FarOff = reduced.Drift.Count == 0 ? null : FarOff.Of(reduced.Drift),
            Clients = [.. Shown(reduced.Drift).Select(d => new ClientMetrics { Client = d.Client, Drift = DriftOf(d, reduced.Drift.Count) })],
        },
    };

    /// <summary>All clients, or of many the ten whose drift is largest: a document has a limit.</summary>
    private static IEnumerable<ClientDrift> Shown(IReadOnlyList<ClientDrift> drift) => drift.Count <= ClientsWithEveryLayer
        ? drift
        : drift.OrderByDescending(d => d.Largest).ThenBy(d => d.Client, StringComparer.Ordinal).Take(ClientsShownOfMany);

    /// <summary>Each layer's, or with many clients only the largest one.</summary>
    private static Dictionary<string, double> DriftOf(ClientDrift drift, int clients) => (clients <= ClientsWithEveryLayer ? drift.Layers : drift.Layers.OrderByDescending(l => l.Divergence).Take(1))
        .ToDictionary(l => l.Layer, l => l.Divergence, StringComparer.Ordinal);

    /// <summary>The checkpoint that training goes on from.</summary>
    private BlobReference Trained => open.Document.Resume ?? open.Document.Base;

    private ClosedDocument Unchanged(IReadOnlyList<ClientRecord> clients) => new()
    {
        Round = open.Document.Round,
        Cut = cut.Sha256,
        Checkpoint = Trained,
        ServerState = open.Document.ServerState,
        Clients = [.. clients.Select(Record)],
        Metrics = new RoundMetrics(),
    };

    // A round that fails makes no checkpoint: the personal states are those that go with the one of before.
    private ClosedDocument Failed(IReadOnlyList<ClientRecord> clients, Failure failure)
    {
        var closed = Unchanged(clients);
        return closed with { Failure = failure, Clients = [.. closed.Clients.Zip(clients, (now, before) => now with { State = before.State })] };
    }

    private ClientRecord Record(ClientRecord client)
    {
        if (cut.Document.Admitted.FirstOrDefault(a => a.Client == client.Name) is { } admission)
            return client with { Missed = 0, State = admission.State, Admitted = cut.Document.Round is { Kind: RoundKind.Train, Number: var number } ? number : client.Admitted };
        return cut.Document.Excluded.Any(e => e.Client == client.Name) ? client with { Missed = client.Missed + 1 } : client;
    }

    private RoundMetrics Measured(RoundMetrics metrics, IReadOnlyDictionary<string, ReportDocument> reports)
    {
        // What nobody asked for was not held against the plan.
        var (asked, keeps) = (open.Document.Evaluate, job.Model.Layout.Tensors.Any(t => t.Placement == TensorPlacement.Personal));
        var global = reports.Where(_ => asked && keeps).OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => r.Value.GlobalEvaluation).OfType<SampleSums>().Where(sums => sums.Samples > 0).ToList();
        var drift = metrics.Clients.ToDictionary(c => c.Client, c => c.Drift, StringComparer.Ordinal);
        var clients = reports.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => new ClientMetrics
        {
            Client = r.Key,
            Training = r.Value.Training,
            Evaluation = asked ? r.Value.Evaluation : null,
            GlobalEvaluation = asked && keeps && reports.Count <= RoundMetrics.MostClientsNamed ? r.Value.GlobalEvaluation : null,
            TrainSeconds = r.Value.TrainSeconds,
            EvaluateSeconds = r.Value.EvaluateSeconds,
            Seconds = r.Value.Seconds,
            Drift = drift.GetValueOrDefault(r.Key),
        }).ToList();
        return metrics with
        {
            Clients = clients,
            Training = Total(clients.Select(c => c.Training)),
            Evaluation = Total(clients.Select(c => c.Evaluation)),
            GlobalEvaluation = Total(global),
            GlobalModelAccuracy = global.Count == 0 ? null : global.Average(sums => sums.Accuracy()),
        };
    }

    private static SampleSums? Total(IEnumerable<SampleSums?> sums) => sums.Aggregate((SampleSums?)null, (total, one) => one is null ? total : total?.Plus(one) ?? one);
}
