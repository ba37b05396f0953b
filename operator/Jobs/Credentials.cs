using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Ledgers;

namespace FedOperator.Operator.Jobs;

/// <summary>Who may do what in which container: a pure function of the plan. See docs/protocol.md.</summary>
internal static class Credentials
{
    private const ContainerAccess All = ContainerAccess.Read | ContainerAccess.List | ContainerAccess.Create | ContainerAccess.Write | ContainerAccess.Delete;

    /// <summary>The rights of each process, by container. `init` runs in the aggregator's pod, with the aggregator's.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, ContainerAccess>> Of(Plan plan)
    {
        var rights = new Dictionary<string, IReadOnlyDictionary<string, ContainerAccess>>(StringComparer.Ordinal) { [JobProcesses.AggregatorName] = Aggregator(plan) };
        foreach (var client in plan.Clients)
            rights.Add(client.Name, Client(plan, client));
        return rights;
    }

    /// <summary>The credential files with those rights.</summary>
    public static IssuedCredentials Issue(Plan plan, ContainerSigner signer) => new(
        Of(plan).ToDictionary(
            process => process.Key,
            process => BlobStores.CredentialContent(process.Value.ToDictionary(r => r.Key, r => signer.UrlOf(r.Key, r.Value), StringComparer.Ordinal)),
            StringComparer.Ordinal),
        signer.Until)
    {
        External = [.. plan.Clients.Where(client => client.External).Select(client => client.Name)],
    };

    private static Dictionary<string, ContainerAccess> Aggregator(Plan plan)
    {
        var rights = plan.Clients.ToDictionary(c => LedgerPaths.ExchangeContainer(plan.Job, c.Name), _ => ContainerAccess.Read | ContainerAccess.List | ContainerAccess.Delete, StringComparer.Ordinal);
        rights.Add(LedgerPaths.GlobalContainer(plan.Job), All);
        return rights;
    }

    private static Dictionary<string, ContainerAccess> Client(Plan plan, PlannedClient client)
    {
        var rights = new Dictionary<string, ContainerAccess>(StringComparer.Ordinal)
        {
            [LedgerPaths.GlobalContainer(plan.Job)] = ContainerAccess.Read,
            [LedgerPaths.ExchangeContainer(plan.Job, client.Name)] = ContainerAccess.Read | ContainerAccess.Create | ContainerAccess.Write,
        };
        if (Containers.HasPrivate(plan, client))
            rights.Add(LedgerPaths.PrivateContainer(plan.Job, client.Name), All);
        return rights;
    }
}
