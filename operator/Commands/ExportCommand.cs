using System.CommandLine;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Export;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Local;
using FedOperator.Operator.Remote;

namespace FedOperator.Operator.Commands;

/// <summary>`fed export RUN|JOB --client X`.</summary>
internal static class ExportCommand
{
    public static Command Create(TextWriter output, TextWriter errors)
    {
        var name = new Argument<string?>("RUN|JOB") { Description = "Folder of a `fed run`; or the name of a job in a cluster. A folder with a manifest.yaml is a run, unless an option below that is for clusters says otherwise.", Arity = ArgumentArity.ZeroOrOne };
        var id = new Option<string?>("--id") { Description = "Instead of RUN|JOB: the job's id (its containers are fj-ID..., as the credential file has them; the job's uid), where no cluster can be asked, such as beside a client outside of it. Needs --store." };
        var client = new Option<string>("--client") { Required = true, Description = "Whose model." };
        var file = new Option<string?>("--out") { Description = "The file. Default: models/CLIENT.safetensors in the run's folder, or in pulled/JOB." };
        var credential = new Option<string?>("--credential") { Description = "For a job in a cluster: a credential file for the storage; a client's own will do. Default: the client's, from the job's Secrets; once that has ended the account's key, from the Secret that the spec names." };
        var store = new Option<string?>("--store") { Description = "For a job in a cluster: another address of the storage account; or, for storage in a volume, the folder where it is mounted." };
        var state = new Option<string?>("--state") { Description = "For a client outside the cluster that keeps its state at home: the folder that its trainer was given by --state. Default: the client's private container." };
        var cluster = new ClusterOptions(name);
        var command = new Command("export",
            """
            Writes one client's whole model, what is shared and what stays with the client, as one safetensors file with standard names, which any framework takes as it is. It is the newest closed round's result, or its checkpoint where the job has not reached its end, with the client's newest admitted personal state. Both are held against the hashes in the ledger.

            It needs to read the client's private container, which the aggregator and other clients cannot. Where nothing stays with the clients, the file is the global model.
            """)
        { id, client, file, credential, store, state };
        cluster.AddTo(command);
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(name) is null == parsed.GetValue(id) is null)
                parsed.AddError("Give either RUN|JOB or --id ID.");
            if (parsed.GetValue(id) is not null && parsed.GetValue(store) is null)
                parsed.AddError("--id needs --store: https://ACCOUNT with --credential, or the folder where the volume is mounted.");
        });
        command.SetAction((parsed, cancellationToken) =>
        {
            var request = new ExportRequest(parsed.GetValue(id) ?? parsed.GetValue(name)!, parsed.GetRequiredValue(client), parsed.GetValue(file), parsed.GetValue(credential), parsed.GetValue(store), parsed.GetValue(state));
            if (parsed.GetValue(id) is not null)
                return HereAsync(() => FromStoreAsync(request, output, cancellationToken), errors);
            var isInCluster = cluster.AreGiven(parsed) || (request.Credential ?? request.Store ?? request.State) is not null;
            if (!isInCluster && File.Exists(new RunFolder(request.Name).Manifest))
                return HereAsync(() => FromRunAsync(request, output, errors, cancellationToken), errors);
            return Identity.IsName(request.Name)
                ? RemoteCommand.RunAsync(cluster.Cluster(parsed), errors, c => new JobExport(c, request, output, TimeProvider.System).RunAsync(cancellationToken), cancellationToken)
                : HereAsync(() => throw new LedgerException($"{request.Name}: no run is in that folder: it has no manifest.yaml; give the folder of a `fed run`, or the name of a job in a cluster."), errors);
        });
        return command;
    }

    private static async Task<int> FromRunAsync(ExportRequest request, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var folder = new RunFolder(Path.GetFullPath(request.Name));
        if (ManifestFile.Read(folder.Manifest, errors) is not { } job)
            return ExitCode.Invalid;
        using var taken = LocalStore.IsAzure(folder) ? folder.Take() : null;
        if (taken is null && LocalStore.IsAzure(folder))
            throw new LedgerException($"{request.Name}: a fed is running in that folder, and its ledger is in an Azurite of its own; wait for it.");
        var id = JobId.Local(job.Metadata.Name);
        var store = await LocalStore.OpenAsync(folder, cancellationToken).ConfigureAwait(false);
        await using var closing = store.ConfigureAwait(false);
        if (!store.Stores.MayExist(LedgerPaths.GlobalContainer(id)))
            throw new LedgerException($"{request.Name}: it has no ledger of a `fed run`. (Of a job in a cluster `fed pull` fetches no personal states: fed export {job.Metadata.Name} -n NAMESPACE does.)");
        var source = new ExportSource(ExportSource.Open(store.Stores, id), "the run in " + request.Name);
        return await new ClientExport(source, request.Client, request.PathIn(folder.Path), output).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private static Task<int> FromStoreAsync(ExportRequest request, TextWriter output, CancellationToken cancellationToken)
    {
        // A uid as kubectl shows it will do.
        var id = Guid.TryParseExact(request.Name, "D", out var uid) ? JobId.Cluster(uid.ToString()) : request.Name;
        var source = new ExportSource(ExportSource.Open(PullStore.At(request.Store!, request.Credential), id), "job " + id)
        {
            Home = ExportSource.HomeAt(request.State),
            Advice = $"Give by --credential {request.Client}'s own, or a file of the same form with URLs to read {LedgerPaths.GlobalContainer(id)} and {LedgerPaths.PrivateContainer(id, request.Client)}; where {request.Client} keeps its state at home, give that folder by --state.",
        };
        return new ClientExport(source, request.Client, request.PathIn(Path.Combine("pulled", id)), output).RunAsync(cancellationToken);
    }

    private static async Task<int> HereAsync(Func<Task<int>> run, TextWriter errors)
    {
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (Exception e) when (e is LedgerException or BlobStoreException or RemoteException or InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            var hint = e is BlobStoreException { Fault: BlobFault.Denied } ? "; the storage refused the credential: it may have ended, or be of another job. Give one that is good by --credential." : "";
            await errors.WriteLineAsync(e.Message + hint).ConfigureAwait(false);
            return ExitCode.Invalid;
        }
    }
}
