using System.Globalization;

namespace FedOperator.Core.Api;

/// <summary>Names and numbers of the clients.</summary>
internal static class ClientRules
{
    // The ledger's documents list every client, and are capped at 1 MiB.
    public const int MostClients = 2000;

    /// <summary>A server bounds what a rule may cost, and those that hold each group against each other cost the square of this: see <see cref="Immutability"/>.</summary>
    public const int MostGroups = 250;

    /// <summary>The same for the API server, as far as the schema does not say it.</summary>
    public static readonly IReadOnlyList<CelRule> Cel =
    [
        new(typeof(ClientGroup), "has(self.replicas) || !(self.name in ['aggregator', 'init'])", "name is the name of a process that every job has; choose another name", ".name"),
        new(typeof(ClientGroup), $"!self.name.startsWith('{ClientNames.PrivatePrefix}')", $"name starts with {ClientNames.PrivatePrefix}, which marks private containers; choose another name", ".name"),
        new(typeof(ClientGroup), $"size(self.name) + (has(self.replicas) ? 1 + size(string(self.replicas - 1)) : 0) <= {ClientNames.Longest}",
            $"name makes client names that are too long; shorten it: a client's name, NAME-NUMBER where there are replicas, has at most {ClientNames.Longest} characters", ".name"),
        External("has(self.trainer)", "trainer", "has no pod"),
        External("has(self.nodeSelector)", "nodeSelector", "has no pod"),
        External("has(self.tolerations)", "tolerations", "has no pod"),
        External("has(self.data) && has(self.data.volume)", "data.volume", "has no pod to mount it"),
    ];

    public static IEnumerable<Problem> Check(FederatedJobSpec spec)
    {
        if (spec.Clients.Count == 0)
            yield return new Problem("spec.clients", "[]", "has no client", "name at least one, for example `clients: [{name: edge, replicas: 5}]`");
        if (spec.Clients.Count > MostGroups)
            yield return new Problem("spec.clients", spec.Clients.Count.ToString(CultureInfo.InvariantCulture), "groups are too many", $"give at most {MostGroups}: one group may have many clients, by `replicas`");
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        var total = 0L;
        for (var g = 0; g < spec.Clients.Count; g++)
        {
            var group = spec.Clients[g];
            var path = string.Create(CultureInfo.InvariantCulture, $"spec.clients[{g}]");
            var wrong = Group(path, group).ToList();
            foreach (var problem in wrong)
                yield return problem;
            total += Math.Max(group.Replicas ?? 1, 0);
            if (wrong.Count > 0)
                continue;
            // An API server knows the groups by their names.
            if (spec.Clients.Take(g).Index().FirstOrDefault(other => other.Item.Name == group.Name) is { Item: not null } first)
            {
                yield return new Problem(path + ".name", group.Name, string.Create(CultureInfo.InvariantCulture, $"is the name of spec.clients[{first.Index}] too"), "give each group a name of its own");
                continue;
            }
            foreach (var name in ClientNames.Expand(group))
            {
                if (!seen.TryAdd(name, path))
                {
                    yield return new Problem(path + ".name", group.Name, $"makes a second client called {name} (the first is of {seen[name]})", "give the groups names whose clients differ");
                    break;
                }
            }
        }
        if (total > MostClients)
            yield return new Problem("spec.clients", total.ToString(CultureInfo.InvariantCulture), "clients are too many", $"use at most {MostClients} in one job");
    }

    private static CelRule External(string given, string field, string why) =>
        new(typeof(ClientGroup), $"!self.external || !({given})", $"{field} is given for an external client, which {why}; remove it, or `external: true`", "." + field);

    private static IEnumerable<Problem> Group(string path, ClientGroup group)
    {
        // A job's processes are known by their names: in its Secrets, its status and its logs.
        if (group is { Name: "aggregator" or "init", Replicas: null })
            yield return new Problem(path + ".name", group.Name, "is the name of a process that every job has", "choose another name");
        if (group.Name.StartsWith(ClientNames.PrivatePrefix, StringComparison.Ordinal))
            yield return new Problem(path + ".name", group.Name, "starts with p-, which marks private containers", "choose another name");
        else if (!ClientNames.IsName(group.Name))
            yield return new Problem(path + ".name", group.Name.Length == 0 ? "\"\"" : group.Name, "is not a client's name", "use lower-case letters and digits, with single dashes between them");
        if (group.Replicas is < 1 or > MostClients)
            yield return new Problem(path + ".replicas", group.Replicas.Value.ToString(CultureInfo.InvariantCulture), "is out of range", $"give how many clients the group has, from 1 to {MostClients}, or remove the group");
        else if (ClientNames.Expand(group).Last() is { Length: > ClientNames.Longest } longest)
            yield return new Problem(path + ".name", group.Name, $"makes the client name {longest} of {longest.Length} characters", $"shorten it: a client's name has at most {ClientNames.Longest}");
        if (group is { External: true, Trainer: not null })
            yield return new Problem(path + ".trainer", null, "is given for an external client, which has no pod", "remove it, or `external: true`");
        if (group is { External: true, NodeSelector: not null })
            yield return new Problem(path + ".nodeSelector", null, "is given for an external client, which has no pod", "remove it, or `external: true`");
        if (group is { External: true, Tolerations: not null })
            yield return new Problem(path + ".tolerations", null, "is given for an external client, which has no pod", "remove it, or `external: true`");
        if (group is { External: true, Data.Volume: not null })
            yield return new Problem(path + ".data.volume", Scalars.Show(group.Data.Volume), "is given for an external client, which has no pod to mount it", "remove it: the client's administrator says where the data are");
    }
}
