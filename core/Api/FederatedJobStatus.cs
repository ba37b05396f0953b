using System.Text.Json.Serialization;

namespace FedOperator.Core.Api;

/// <summary>What the operator knows of a job. Written by the operator alone, from what it observes.</summary>
public sealed record FederatedJobStatus
{
    /// <summary>The spec's generation that this status speaks of.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>When the operator accepted the job.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When it completed or failed.</summary>
    public DateTimeOffset? CompletionTime { get; init; }

    /// <summary>Pods started again, in all; disruptions included.</summary>
    public int? Restarts { get; init; }

    /// <summary>Train rounds closed.</summary>
    public int? Round { get; init; }

    /// <summary>Train rounds closed of those asked for: `7/20`.</summary>
    public string? RoundSummary { get; init; }

    /// <summary>Clients at work (pod running; external ones: said hello) of all: `9/10`.</summary>
    public string? ClientSummary { get; init; }

    /// <summary>Newest accuracy over the test samples of all clients, each client with its own model: a global checkpoint, and what stays with it. From 0 to 1.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Accuracies of the clients' own models, each on its own test data: of the clients that took part in the newest evaluation. Where it rides on a train round with `participation.perRound` below 1 these are the drawn ones. Absent before the first evaluation.</summary>
    public ClientAccuracy? ClientAccuracy { get; init; }

    /// <summary>Newest mean training loss, in nats.</summary>
    public double? Loss { get; init; }

    /// <summary>Seconds that the last closed round took.</summary>
    public double? LastRoundSeconds { get; init; }

    /// <summary>SHA-256 of the plan that governs, from the start of the job on.</summary>
    public string? PlanHash { get; init; }

    /// <summary>The last spec that was accepted, as JSON: the job goes on by it while the one that it has breaks a rule. Absent where that one is longer than 256 KiB.</summary>
    public string? AcceptedSpec { get; init; }

    /// <summary>Where the ledger lies, from the start of the job on: an edit of `spec.storage` does not move it.</summary>
    public StoragePlace? Storage { get; init; }

    /// <summary>What came out, so far.</summary>
    public JobResult? Result { get; init; }

    /// <summary>The newest 20 failures of processes and exclusions of updates, newest first; 10 of them at most are exclusions, of one client and reason the newest.</summary>
    public IReadOnlyList<FailureRecord>? Failures { get; init; }

    /// <summary>Processes that were seen at work or started again, in ordinal order of names.</summary>
    public IReadOnlyList<ProcessAttempts>? Attempts { get; init; }

    /// <summary>When the credentials of the job's pods end; absent where the storage needs none.</summary>
    public DateTimeOffset? CredentialsExpire { get; init; }

    /// <summary>Tells the account's key that signed them from another one: the beginning of its SHA-256, nothing that opens anything. Absent where an identity signed them.</summary>
    public string? CredentialsKey { get; init; }

    /// <summary>Why the job failed, or what is wrong though it goes on: the reason of its condition Failed, else of Degraded, where that is True. Absent where all is well.</summary>
    public string? Reason => ReasonOf("Failed") ?? ReasonOf("Degraded");

    /// <summary>Running, Suspended, Complete, Failed, Degraded, AggregatorReady.</summary>
    public IReadOnlyList<JobCondition>? Conditions { get; init; }

    private string? ReasonOf(string type) => Conditions?.FirstOrDefault(c => c.Type == type && c.Status == "True")?.Reason;
}

/// <summary>Where a job's ledger lies. Never a credential in it.</summary>
public sealed record StoragePlace
{
    /// <summary>Address of the Azure storage account.</summary>
    public string? AccountUrl { get; init; }

    /// <summary>Name of the Secret with that account's key. The only thing here that follows the spec, for as long as that names the same account.</summary>
    public string? CredentialsSecret { get; init; }

    /// <summary>Name of the PersistentVolumeClaim, with volume storage.</summary>
    public string? ClaimName { get; init; }

    /// <summary>The place that a spec names.</summary>
    public static StoragePlace Of(StorageSpec storage) => new()
    {
        AccountUrl = storage.AzureBlob?.AccountUrl,
        CredentialsSecret = storage.AzureBlob?.CredentialsSecret,
        ClaimName = storage.Volume?.ClaimName,
    };

    /// <summary>Whether a spec names this account or claim.</summary>
    public bool IsOf(StorageSpec storage) => AccountUrl == storage.AzureBlob?.AccountUrl && ClaimName == storage.Volume?.ClaimName;

    /// <summary>A spec with this account or claim in place of what it names.</summary>
    public StorageSpec In(StorageSpec storage) => IsOf(storage) ? storage : storage with
    {
        AzureBlob = AccountUrl is { } url ? new AzureBlobSpec { AccountUrl = url, CredentialsSecret = CredentialsSecret } : null,
        Volume = ClaimName is { } claim ? new VolumeStorageSpec { ClaimName = claim } : null,
    };

    /// <summary>`https://ACCOUNT.blob.core.windows.net`, or `the claim NAME`.</summary>
    public override string ToString() => AccountUrl ?? "the claim " + ClaimName;
}

/// <summary>Accuracies of the clients' own models (what is shared, and what stays with the client), each on its own test data, from 0 to 1.</summary>
public sealed record ClientAccuracy
{
    /// <summary>Mean over clients, whatever the number of their test images.</summary>
    public double Mean { get; init; }

    /// <summary>The lowest.</summary>
    public double Worst { get; init; }

    /// <summary>Whose that is.</summary>
    public required string WorstClient { get; init; }

    /// <summary>Mean over clients of the global model on the same data: what is shared, the rest as before round 1, which is what a client that joins has. Absent where nothing stays with the clients: there it is <see cref="Mean"/>.</summary>
    public double? GlobalModel { get; init; }

    /// <summary>Each client's, by name; of more than 100 clients the 100 lowest.</summary>
    public required IReadOnlyDictionary<string, double> Each { get; init; }
}

/// <summary>Where a job's result lies. Never a credential in it.</summary>
public sealed record JobResult
{
    /// <summary>The inference model, or the newest checkpoint before there is one: `https://ACCOUNT/CONTAINER/BLOB`, or a path in the claim.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>The checkpoint with the best accuracy that was measured.</summary>
    public string? Best { get; init; }

    /// <summary>SHA-256 of <see cref="Checkpoint"/>, in lower-case hex.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Accuracy of the last evaluation, from 0 to 1.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Where the clients' personal states lie, once the job has ended or is suspended: in containers that the aggregator and other clients cannot read. Absent where nothing stays with the clients. `fed export` makes a whole model of one.</summary>
    public IReadOnlyList<PersonalStatePlace>? Personal { get; init; }
}

/// <summary>Where a client's personal state lies.</summary>
public sealed record PersonalStatePlace
{
    /// <summary>The client's name.</summary>
    public required string Client { get; init; }

    /// <summary>`CONTAINER/BLOB` in the job's storage; of a client outside the cluster that keeps its state at home, the name that it has there.</summary>
    public required string State { get; init; }
}

/// <summary>A process that failed, or an update that did not count.</summary>
public sealed record FailureRecord
{
    /// <summary>The client's name, or `aggregator`.</summary>
    public required string Client { get; init; }

    /// <summary>Train round in which it happened.</summary>
    public int? Round { get; init; }

    /// <summary>One CamelCase word: OOMKilled, Error, Evicted, missing ...</summary>
    public required string Reason { get; init; }

    /// <summary>Exit code of the process, where it had one.</summary>
    public int? ExitCode { get; init; }

    /// <summary>In words, with the values seen.</summary>
    public string? Message { get; init; }

    /// <summary>When the operator saw it.</summary>
    public DateTimeOffset? Time { get; init; }
}

/// <summary>How often a process was started. Written before its next pod is created, so that no failure is counted twice or lost.</summary>
public sealed record ProcessAttempts
{
    /// <summary>The client's name, or `aggregator`.</summary>
    public required string Name { get; init; }

    /// <summary>Number of its current pod, from 0: pods are named JOB-ROLE-INDEX-ATTEMPT.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Attempt { get; init; }

    /// <summary>Its current pod was seen at work: if that is gone, somebody else deleted it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Ran { get; init; }

    /// <summary>Failures that count, since a round closed in which it took part.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int InARow { get; init; }

    /// <summary>Disruptions, which do not count, since a round closed in which it took part: each makes the wait longer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Disruptions { get; init; }

    /// <summary>Train rounds closed at its last failure or disruption: once a later one has admitted its update (the aggregator: has closed), both counts start anew.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Round { get; init; }

    /// <summary>Its next pod is not created before then.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>True: it failed more often than the failure policy forgives, and is not started again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Lost { get; init; }
}

/// <summary>A Kubernetes condition.</summary>
public sealed record JobCondition
{
    /// <summary>Running, Suspended, Complete, Failed, Degraded or AggregatorReady.</summary>
    public required string Type { get; init; }

    /// <summary>True, False or Unknown.</summary>
    public required string Status { get; init; }

    /// <summary>One CamelCase word.</summary>
    public required string Reason { get; init; }

    /// <summary>In words: what is wrong, and what to do.</summary>
    public required string Message { get; init; }

    /// <summary>When <see cref="Status"/> last changed.</summary>
    public DateTimeOffset? LastTransitionTime { get; init; }

    /// <summary>The spec's generation that it speaks of.</summary>
    public long? ObservedGeneration { get; init; }
}
