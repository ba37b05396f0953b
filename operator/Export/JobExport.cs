using FedOperator.Core.Ledger;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Remote;

namespace FedOperator.Operator.Export;

/// <summary>What `fed export` was asked for.</summary>
/// <param name="Name">Folder of a run, a job's name, or its id.</param>
/// <param name="Client">Whose model.</param>
/// <param name="Out">The file; null: models/CLIENT.safetensors below the run's folder or pulled/JOB.</param>
/// <param name="Credential">A credential file; null: by the cluster's Secrets.</param>
/// <param name="Store">Another address of the storage, or a folder; null: the spec's.</param>
/// <param name="State">The folder in which the client keeps its personal state; null: its private container.</param>
internal sealed record ExportRequest(string Name, string Client, string? Out, string? Credential, string? Store, string? State)
{
    /// <summary>The file to write.</summary>
    /// <param name="folder">Where it lies unless told otherwise.</param>
    public string PathIn(string folder) => Path.GetFullPath(Out ?? Path.Combine(folder, "models", Client + ".safetensors"));
}

/// <summary>Exports a client's model of a job in a cluster.</summary>
/// <param name="cluster">Where it runs, or ran.</param>
/// <param name="request">What was asked for.</param>
/// <param name="output">Where is said what the file has.</param>
/// <param name="time">For the end of credentials.</param>
internal sealed class JobExport(Cluster cluster, ExportRequest request, TextWriter output, TimeProvider time)
{
    /// <summary>Exports it.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var job = await RemoteJob.ReadAsync(cluster, request.Name, cancellationToken).ConfigureAwait(false);
        if (job.Clients.Count > 0)
            ClientExport.CheckClient(request.Client, [.. job.Clients.Select(c => c.Name)], job.Key.ToString());
        using var storage = await PullStore.OpenAsync(cluster, job, new StoreRequest(request.Client, request.Credential, request.Store), time, cancellationToken).ConfigureAwait(false);
        var id = JobId.Cluster(job.Uid);
        var source = new ExportSource(ExportSource.Open(storage.Stores, id), job.Key.ToString()) { Home = ExportSource.HomeAt(request.State), Advice = Advice(job, id) };
        return await new ClientExport(source, request.Client, request.PathIn(Path.Combine("pulled", request.Name)), output).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private string Advice(RemoteJob job, string id)
    {
        var (secret, key) = PullStore.SecretOf(job, request.Client);
        return $"Give by --credential {request.Client}'s own, as long as it is good (key {key} of Secret {secret}), or a file of the same form that the storage account's owner makes, with URLs to read {LedgerPaths.GlobalContainer(id)} and {LedgerPaths.PrivateContainer(id, request.Client)}"
            + $"{(job.Spec.Job?.Spec.Storage.AzureBlob?.CredentialsSecret is { Length: > 0 } keys ? $"; whoever may read the Secret {keys}, with the account's key under {ChildNames.AccountKey}, needs no file" : "")}.";
    }
}
