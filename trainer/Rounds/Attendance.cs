using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Rounds;

/// <summary>Reads who has said hello, and carries it into the clients' records.</summary>
internal sealed class Attendance(JobContext job)
{
    private const int LongestIncarnation = 64;

    /// <summary>Hellos that cannot be used, with the reason in words: for progress.json.</summary>
    public Dictionary<string, string> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Records before anyone has said hello.</summary>
    public static IReadOnlyList<ClientRecord> Nobody(Plan plan) => [.. plan.Clients.Select(c => new ClientRecord(c.Name, Missed: 0, TrainSamples: 0, TestSamples: 0))];

    /// <summary>Reads the hello of every client that is not yet here, or that missed too many rounds: a new one brings it back.</summary>
    public async Task<IReadOnlyList<ClientRecord>> RefreshAsync(IReadOnlyList<ClientRecord> clients, CancellationToken cancellationToken)
    {
        if (clients.All(c => c.Hello is not null && c.Missed < job.Plan.Participation.MaxMissedRounds))
            return clients;
        return await Task.WhenAll(clients.Select(c => RefreshAsync(c, cancellationToken))).ConfigureAwait(false);
    }

    private async Task<ClientRecord> RefreshAsync(ClientRecord client, CancellationToken cancellationToken)
    {
        if (client.Hello is not null && client.Missed < job.Plan.Participation.MaxMissedRounds)
            return client;
        HelloDocument? hello;
        try
        {
            hello = (await job.Ledger.Exchange(client.Name).ReadDocumentAsync(LedgerPaths.Hello, LedgerJson.Default.HelloDocument, cancellationToken).ConfigureAwait(false))?.Document;
        }
        catch (LedgerException e)
        {
            return Refuse(client, e.Message);
        }

        if (hello is null || hello.Incarnation == client.Hello)
            return client;
        if (hello.Protocol != job.Plan.Protocol)
            return Refuse(client, $"it speaks protocol {hello.Protocol}, the job {job.Plan.Protocol}");
        if (hello.Incarnation.Length > LongestIncarnation)
            return Refuse(client, $"its `incarnation` has {hello.Incarnation.Length} characters, at most {LongestIncarnation} are accepted");
        if (hello.Model != job.ModelSha256)
            return Refuse(client, $"it names model.json {Quoted.Short(hello.Model)}, the job's is {job.ModelSha256}: is its trainer of another version?");
        if (hello.TrainSamples < 0 || hello.TestSamples < 0)
            return Refuse(client, $"it claims {hello.TrainSamples} training and {hello.TestSamples} test samples");
        lock (Refused)
            Refused.Remove(client.Name);
        // A client that returns after too many missed rounds has one round to show that it is back, or is not awaited again: one that dies in every round must not tax them all.
        var missed = Math.Min(client.Missed, Math.Max(0, job.Plan.Participation.MaxMissedRounds - 1));
        return client with { Hello = hello.Incarnation, Missed = missed, TrainSamples = hello.TrainSamples, TestSamples = hello.TestSamples };
    }

    private ClientRecord Refuse(ClientRecord client, string message)
    {
        lock (Refused)
            Refused[client.Name] = Quoted.Message(message);
        return client;
    }
}
