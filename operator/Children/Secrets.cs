using System.Globalization;
using System.Text;
using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Ledgers;
using k8s.Models;

namespace FedOperator.Operator.Children;

/// <summary>The Secrets with a job's credentials: a pure function of what was issued.</summary>
internal static class Secrets
{
    private const string Type = "Opaque";

    /// <summary>The job's own Secrets, of which each pod mounts its own key, and one for each external client. Empty where nothing was issued.</summary>
    public static IReadOnlyList<V1Secret> For(JobKey key, string uid, FederatedJob job, IssuedCredentials issued)
    {
        if (issued.Files.Count == 0)
            return [];
        var shared = new SortedDictionary<string, Dictionary<string, byte[]>>(StringComparer.Ordinal);
        void Put(string secret, string process)
        {
            if (!shared.TryGetValue(secret, out var data))
                shared.Add(secret, data = new(StringComparer.Ordinal));
            data.Add(ChildNames.SecretKey(process), issued.Files[process]);
        }

        Put(ChildNames.Secret(key.Name), JobProcesses.AggregatorName);
        var secrets = new List<V1Secret>();
        // The aggregator has no number; the clients are numbered in the order of their names, as their pods are.
        var clients = issued.Files.Keys.Where(name => name != JobProcesses.AggregatorName).Order(StringComparer.Ordinal).ToList();
        foreach (var (index, client) in clients.Index())
        {
            if (issued.External.Contains(client, StringComparer.Ordinal))
                secrets.Add(Secret(key, uid, ChildNames.ExternalSecret(key.Name, client), External(key, uid, job, client, issued), client));
            else
                Put(ChildNames.Secret(key.Name, clients.Count, index), client);
        }
        return [.. shared.Select(s => Secret(key, uid, s.Key, s.Value)), .. secrets];
    }

    private static Dictionary<string, byte[]> External(JobKey key, string uid, FederatedJob job, string client, IssuedCredentials issued) => new(StringComparer.Ordinal)
    {
        [ChildNames.ExternalCredentialKey] = issued.Files[client],
        [ChildNames.ExternalRunKey] = Encoding.UTF8.GetBytes(RunText(key, uid, job, client, issued.Until)),
    };

    private static V1Secret Secret(JobKey key, string uid, string name, Dictionary<string, byte[]> data, string? client = null)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal) { [ChildNames.JobLabel] = key.Name, [ChildNames.ManagedByLabel] = ChildNames.ManagedBy };
        if (client is not null)
            labels.Add(ChildNames.ProcessLabel, client);
        return new V1Secret
        {
            ApiVersion = V1Secret.KubeApiVersion,
            Kind = V1Secret.KubeKind,
            Type = Type,
            Metadata = new V1ObjectMeta
            {
                Name = name,
                NamespaceProperty = key.Namespace,
                Labels = labels,
                OwnerReferences =
                [
                    new V1OwnerReference { ApiVersion = FederatedJob.Version, Kind = FederatedJob.KindName, Name = key.Name, Uid = uid, Controller = true, BlockOwnerDeletion = true },
                ],
            },
            Data = data,
        };
    }

    private static string RunText(JobKey key, string uid, FederatedJob job, string client, DateTimeOffset until)
    {
        var threads = job.Spec.Training.Threads.ToString(CultureInfo.InvariantCulture);
        return $"""
            Client {client} of the federated job {key}.

            Run this where its data are, with credential.json of this Secret beside it. DATA is the folder with the data.

            OMP_NUM_THREADS={threads} OPENBLAS_NUM_THREADS={threads} trainer train --store {job.Spec.Storage.AzureBlob?.AccountUrl} --credential credential.json --job {JobId.Cluster(uid)} --client {client} --state state --data DATA

            credential.json is a secret: mode 0600, in no image and no repository. It is good until {until.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)}, and the trainer replaces it
            in time by itself: leave the file writable. A trainer that was down for longer needs a new copy of this Secret.
            Personal state (what never leaves the client) stays in the folder `state`: keep it. Only outbound HTTPS to the storage account is needed.

            """;
    }
}
