using System.Collections.Concurrent;
using Azure.Core;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Jobs;
using RetryOptions = FedOperator.Core.Storage.RetryOptions;

namespace FedOperator.Operator.Ledgers;

/// <summary>The operator's side of all ledgers: it makes their containers, publishes plans, writes control.json, issues credentials, and reads how far jobs are.</summary>
/// <param name="settings">Which accounts and which claim it serves.</param>
/// <param name="readSecret">Reads a labelled Secret of a job's namespace; null where there is none, or it lacks the label.</param>
/// <param name="time">For lifetimes.</param>
internal sealed class Ledgers(OperatorSettings settings, Func<string, string, CancellationToken, Task<IReadOnlyDictionary<string, byte[]>?>> readSecret, TimeProvider time)
{
    private const int InFlight = 16;

    private static readonly TimeSpan s_readLimit = TimeSpan.FromSeconds(10);

    // For a job of 2000 clients: three calls for each.
    private static readonly TimeSpan s_writeLimit = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, OpenedLedger> _opened = new(StringComparer.Ordinal);
    private readonly StorageOutages _outages = new(time);
    private LedgerAccess? _access;

    /// <summary>How its stores behave.</summary>
    public BlobStoreOptions Options { get; init; } = new()
    {
        Retry = new RetryOptions { Attempts = 3, LongestDelay = TimeSpan.FromSeconds(1), TryTimeout = TimeSpan.FromSeconds(5) },
        Time = time,
    };

    /// <summary>The operator's own identity; null: the one that Azure gives the process (workload or managed identity).</summary>
    public TokenCredential? Identity { get; init; }

    /// <summary>For crash tests: where this process ends or stops.</summary>
    public IReadOnlyList<KillSwitch> Switches { get; init; } = [];

    private LedgerAccess Access => LazyInitializer.EnsureInitialized(ref _access, () => new LedgerAccess(
        settings, readSecret, Options with { Around = store => Switches.Aggregate(Options.Around(store), (inner, killSwitch) => killSwitch.Around(inner)) }, Identity));

    /// <summary>What a job's ledger says, by conditional reads. What is out of reach is told in <see cref="ObservedLedger.Trouble"/>, never thrown.</summary>
    public async Task<ObservedLedger> ObserveAsync(JobKey key, string uid, FederatedJob job, CancellationToken cancellationToken)
    {
        var opened = Opened(uid);
        try
        {
            await UseAsync(key, opened, job.Spec.Storage, s_readLimit, async (stores, token) =>
            {
                var name = LedgerPaths.GlobalContainer(JobId.Cluster(uid));
                if (opened.Global(stores, name) is not { } global)
                    return false;
                // Kept by itself: the plan governs, whatever may be wrong with the rest.
                opened.Memory = await LedgerReading.PlanAsync(global, opened.Memory, token).ConfigureAwait(false);
                opened.Memory = await LedgerReading.ReadAsync(global, opened.Memory, time.GetUtcNow(), token).ConfigureAwait(false);
                opened.Memory = opened.Memory with { States = await PersonalReading.ReadAsync(stores.Container, opened.Memory, token).ConfigureAwait(false) };
                return true;
            }, cancellationToken).ConfigureAwait(false);
            return opened.Observed(trouble: null);
        }
        catch (LedgerAccessException e)
        {
            return opened.Observed(e.Trouble);
        }
    }

    /// <summary>Creates the job's containers, and then plan.json where there is none.</summary>
    /// <exception cref="LedgerAccessException">The storage refused.</exception>
    public Task PublishAsync(JobKey key, string uid, FederatedJob job, Plan plan, CancellationToken cancellationToken) =>
        UseAsync(key, Opened(uid), job.Spec.Storage, s_writeLimit, (stores, token) => PlanPublication.PublishAsync(stores, plan, token), cancellationToken);

    /// <summary>Writes control.json, if it is still as it was observed.</summary>
    /// <returns>False: another operator has written it since. The next look reads it.</returns>
    /// <exception cref="LedgerAccessException">The storage refused.</exception>
    public Task<bool> ControlAsync(JobKey key, string uid, FederatedJob job, ControlDocument control, CancellationToken cancellationToken)
    {
        var opened = Opened(uid);
        return UseAsync(key, opened, job.Spec.Storage, s_writeLimit, async (stores, token) =>
        {
            var global = stores.Container(LedgerPaths.GlobalContainer(JobId.Cluster(uid)));
            var written = await PlanPublication.ControlAsync(global, control, opened.Memory.Control, token).ConfigureAwait(false);
            opened.Memory = written is null ? opened.Memory with { ControlRead = null } : opened.Memory with { Control = written, ControlRead = time.GetUtcNow() };
            return written is not null;
        }, cancellationToken);
    }

    /// <summary>Issues the credentials of all processes, and writes external clients' next one into their private containers. Empty where the storage needs none.</summary>
    /// <exception cref="LedgerAccessException">The storage refused.</exception>
    public Task<IssuedCredentials> IssueAsync(JobKey key, string uid, FederatedJob job, Plan plan, DateTimeOffset until, CancellationToken cancellationToken)
    {
        if (job.Spec.Storage.AzureBlob is null)
            return Task.FromResult(new IssuedCredentials(new Dictionary<string, byte[]>(StringComparer.Ordinal), until));
        var opened = Opened(uid);
        return UseAsync(key, opened, job.Spec.Storage, s_writeLimit, async (stores, token) =>
        {
            var issued = Credentials.Issue(plan, await stores.SignerAsync(until, token).ConfigureAwait(false));
            var options = new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = token };
            await Parallel.ForEachAsync(issued.External, options, async (client, write) =>
                await stores.Container(LedgerPaths.PrivateContainer(plan.Job, client)).WriteAsync(LedgerPaths.Credential, issued.Files[client], ifMatch: null, write).ConfigureAwait(false)).ConfigureAwait(false);
            return issued with { SigningKey = opened.Login?.Key };
        }, cancellationToken);
    }

    /// <summary>Deletes the job's containers, the global one last.</summary>
    /// <exception cref="LedgerAccessException">The storage refused.</exception>
    public Task DeleteAsync(JobKey key, string uid, FederatedJob job, CancellationToken cancellationToken)
    {
        var opened = Opened(uid);
        return UseAsync(key, opened, job.Spec.Storage, s_writeLimit, async (stores, token) =>
        {
            var global = LedgerPaths.GlobalContainer(JobId.Cluster(uid));
            var others = (await stores.ListContainersAsync(global, token).ConfigureAwait(false)).Where(name => name.StartsWith(global + "-", StringComparison.Ordinal));
            var options = new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = token };
            await Parallel.ForEachAsync(others, options, async (name, delete) => await DeleteAsync(stores, name, delete).ConfigureAwait(false)).ConfigureAwait(false);
            await DeleteAsync(stores, global, token).ConfigureAwait(false);
            opened.Memory = new LedgerMemory();
            return true;
        }, cancellationToken);
    }

    /// <summary>Drops what is remembered of a job that is gone.</summary>
    public void Forget(string uid) => _opened.TryRemove(uid, out _);

    private Task DeleteAsync(BlobStores stores, string container, CancellationToken cancellationToken) => KillSwitch.RunAsync(Switches, WritePoint.Blobs, container, async () =>
    {
        await stores.DeleteContainerAsync(container, cancellationToken).ConfigureAwait(false);
        return true;
    });

    private OpenedLedger Opened(string uid) => _opened.GetOrAdd(uid, _ => new OpenedLedger());

    private async Task<T> UseAsync<T>(JobKey key, OpenedLedger opened, StorageSpec storage, TimeSpan limit, Func<BlobStores, CancellationToken, Task<T>> use, CancellationToken cancellationToken)
    {
        try
        {
            return await _outages.RunAsync(storage, limit, async token =>
            {
                var login = opened.Login is { } known && known.Storage == storage ? known : opened.Login = await Access.OpenAsync(key, storage, token).ConfigureAwait(false);
                try
                {
                    return await use(login.Stores, token).ConfigureAwait(false);
                }
                catch (BlobStoreException e) when (e.Fault == BlobFault.Denied && login.Key is not null)
                {
                    // The key may have been replaced since: the Secret is read again, once.
                    var again = await Access.OpenAsync(key, storage, token).ConfigureAwait(false);
                    if (again.Key == login.Key)
                        throw;
                    opened.Login = again;
                    return await use(again.Stores, token).ConfigureAwait(false);
                }
                // A signature is made without asking anybody, and written somewhere for external clients alone.
            }, result => result is not IssuedCredentials { External.Count: 0 }, cancellationToken).ConfigureAwait(false);
        }
        catch (LedgerAccessException)
        {
            throw;
        }
        catch (Exception e) when (LedgerTroubles.Of(e, storage) is { } trouble && !cancellationToken.IsCancellationRequested)
        {
            throw new LedgerAccessException(trouble, e);
        }
    }
}

/// <summary>Credential files, by the name of the process that they are for. Secret.</summary>
/// <param name="Files">Content of the file; by client's name, or `aggregator`.</param>
/// <param name="Until">When they end.</param>
internal sealed record IssuedCredentials(IReadOnlyDictionary<string, byte[]> Files, DateTimeOffset Until)
{
    /// <summary>The clients that run outside the cluster.</summary>
    public IReadOnlyList<string> External { get; init; } = [];

    /// <summary>Tells the account's key that signed them from another one; null where an identity did.</summary>
    public string? SigningKey { get; init; }
}

/// <summary>A ledger is out of reach.</summary>
internal sealed class LedgerAccessException(LedgerTrouble trouble, Exception? inner = null) : Exception(trouble.Message, inner)
{
    /// <summary>Why.</summary>
    public LedgerTrouble Trouble { get; } = trouble;
}
