using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.Operator.Jobs;

/// <summary>Who may do what in which container: a pure function of the plan. See docs/protocol.md.</summary>
internal static class Credentials
{
    private const ContainerAccess All = ContainerAccess.Read | ContainerAccess.List | ContainerAccess.Create | ContainerAccess.Write | ContainerAccess.Delete;

    /// <summary>The rights of each process, by container.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, ContainerAccess>> Of(Plan plan)
    {
        var rights = new Dictionary<string, IReadOnlyDictionary<string, ContainerAccess>>(StringComparer.Ordinal)
        {
            [JobProcesses.InitName] = new Dictionary<string, ContainerAccess>(StringComparer.Ordinal) { [LedgerPaths.GlobalContainer(plan.Job)] = All },
            [JobProcesses.AggregatorName] = Aggregator(plan),
        };
        foreach (var client in plan.Clients)
            rights.Add(client.Name, Client(plan, client.Name));
        return rights;
    }

    private static IReadOnlyDictionary<string, ContainerAccess> Aggregator(Plan plan)
    {
        var rights = plan.Clients.ToDictionary(c => LedgerPaths.ExchangeContainer(plan.Job, c.Name), _ => ContainerAccess.Read | ContainerAccess.List | ContainerAccess.Delete, StringComparer.Ordinal);
        rights.Add(LedgerPaths.GlobalContainer(plan.Job), All);
        return rights;
    }

    private static IReadOnlyDictionary<string, ContainerAccess> Client(Plan plan, string client)
    {
        var rights = new Dictionary<string, ContainerAccess>(StringComparer.Ordinal)
        {
            [LedgerPaths.GlobalContainer(plan.Job)] = ContainerAccess.Read,
            [LedgerPaths.ExchangeContainer(plan.Job, client)] = ContainerAccess.Read | ContainerAccess.Create | ContainerAccess.Write,
        };
        if (Containers.HasPersonalState(plan))
            rights.Add(LedgerPaths.PrivateContainer(plan.Job, client), All);
        return rights;
    }
}
