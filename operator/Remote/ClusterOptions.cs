using System.CommandLine;

namespace FedOperator.Operator.Remote;

/// <summary>Which cluster and namespace: as kubectl is told.</summary>
/// <param name="Namespace">-n; null: the context's, else `default`.</param>
/// <param name="Kubeconfig">--kubeconfig; null: KUBECONFIG, else ~/.kube/config, else the pod's own.</param>
/// <param name="Context">--context; null: the current one.</param>
internal sealed record ClusterRequest(string? Namespace, string? Kubeconfig, string? Context);

/// <summary>What every command that speaks to a cluster takes.</summary>
/// <param name="name">The argument that names the job, where it may be something else; null: a FederatedJob's name.</param>
internal sealed class ClusterOptions(Argument<string?>? name = null)
{
    private readonly Argument<string?> _name = name ?? new("NAME") { Description = "A FederatedJob's name.", Arity = ArgumentArity.ExactlyOne };
    private readonly Option<string?> _namespace = new("--namespace", "-n") { Description = "Its namespace. Default: that of the context." };
    private readonly Option<string?> _kubeconfig = new("--kubeconfig") { Description = "Which kubeconfig. Default: $KUBECONFIG, else ~/.kube/config." };
    private readonly Option<string?> _context = new("--context") { Description = "Which context of it. Default: the current one." };

    /// <summary>Puts them into a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_name);
        command.Add(_namespace);
        command.Add(_kubeconfig);
        command.Add(_context);
    }

    /// <summary>The job's name.</summary>
    public string Name(ParseResult parsed) => parsed.GetRequiredValue(_name)!;

    /// <summary>Whether any of them was given that says which cluster or namespace.</summary>
    public bool AreGiven(ParseResult parsed) => Cluster(parsed) != new ClusterRequest(null, null, null);

    /// <summary>The cluster.</summary>
    public ClusterRequest Cluster(ParseResult parsed) => new(parsed.GetValue(_namespace), parsed.GetValue(_kubeconfig), parsed.GetValue(_context));
}
