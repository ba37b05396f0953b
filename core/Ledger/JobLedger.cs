using FedOperator.Core.Storage;

namespace FedOperator.Core.Ledger;

/// <summary>The containers of one job, as far as the caller's credential opens them.</summary>
/// <param name="job">The job's id.</param>
/// <param name="open">Opens a container by name; called once for each.</param>
public sealed class JobLedger(string job, Func<string, IBlobStore> open)
{
    private readonly Dictionary<string, IBlobStore> _containers = new(StringComparer.Ordinal);

    /// <summary>The job's id.</summary>
    public string Job => job;

    /// <summary>Clients read it; the aggregator writes it.</summary>
    public IBlobStore Global => Container(LedgerPaths.GlobalContainer(job));

    /// <summary>That client writes it; the aggregator reads it.</summary>
    public IBlobStore Exchange(string client) => Container(LedgerPaths.ExchangeContainer(job, client));

    /// <summary>That client alone.</summary>
    public IBlobStore Private(string client) => Container(LedgerPaths.PrivateContainer(job, client));

    private IBlobStore Container(string name)
    {
        lock (_containers)
        {
            if (!_containers.TryGetValue(name, out var container))
                _containers.Add(name, container = open(name));
            return container;
        }
    }
}
