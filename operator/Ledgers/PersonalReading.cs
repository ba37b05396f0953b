using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Ledgers;

/// <summary>Which personal states the clients of a job that stands have.</summary>
/// <param name="From">The round that progress.json called the last closed one when they were read.</param>
/// <param name="Next">The round that follows the one that they are of; null: none.</param>
/// <param name="States">In the order of the clients' names; of those that have one.</param>
internal sealed record KnownStates(RoundKey From, RoundKey? Next, IReadOnlyList<PersonalState> States);

/// <summary>Reads the clients' newest admitted personal states, once a job has ended or is suspended: of one that runs they change with each round.</summary>
internal static class PersonalReading
{
    /// <summary>What is known after a look.</summary>
    /// <param name="container">Opens one of the job's containers.</param>
    /// <param name="known">All else that is known of the ledger, and what was of this before.</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    /// <returns>Null while the job runs, and where nothing stays with its clients.</returns>
    /// <exception cref="BlobStoreException">The store is out of reach.</exception>
    /// <exception cref="LedgerException">A document is not what it should be.</exception>
    public static async Task<KnownStates?> ReadAsync(Func<string, IBlobStore> container, LedgerMemory known, CancellationToken cancellationToken)
    {
        if (known is not { Plan: { } plan, Progress.Document: { Closed: { } from } progress } || !Containers.HasPersonalTensors(plan) || !Stands(progress, known.Control?.Document))
            return null;
        var global = container(LedgerPaths.GlobalContainer(plan.Job));
        async Task<ClosedDocument?> ClosedAsync(RoundKey round) =>
            (await global.ReadDocumentAsync(LedgerPaths.Closed(round), LedgerJson.Default.ClosedDocument, cancellationToken).ConfigureAwait(false))?.Document;

        var before = known.States?.From == from ? known.States : null;
        var closed = before is null ? await ClosedAsync(from).ConfigureAwait(false) : null;
        // An aggregator that was stopped may have closed a round more than it could tell of.
        while ((closed is null ? before?.Next : closed.Next) is { } next && await ClosedAsync(next).ConfigureAwait(false) is { } later)
            closed = later;
        return closed is null ? before : new KnownStates(from, closed.Next, await StatesAsync(container, plan, closed, cancellationToken).ConfigureAwait(false));
    }

    private static bool Stands(ProgressDocument progress, ControlDocument? control) =>
        progress.State is JobState.Complete or JobState.Failed || control is { Suspended: true } or { Ended: not null };

    private static async Task<IReadOnlyList<PersonalState>> StatesAsync(Func<string, IBlobStore> container, Plan plan, ClosedDocument closed, CancellationToken cancellationToken)
    {
        var states = new List<PersonalState>();
        foreach (var client in closed.Clients.Where(c => c.State is not null))
        {
            var isExternal = plan.Clients.Any(c => c.Name == client.Name && c.External);
            var isAtHome = isExternal
                && await container(LedgerPaths.PrivateContainer(plan.Job, client.Name)).StatAsync(LedgerPaths.State(client.State!), cancellationToken).ConfigureAwait(false) is null;
            states.Add(new PersonalState(client.Name, client.State!, isAtHome));
        }
        return states;
    }
}
