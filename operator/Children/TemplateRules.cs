using System.Globalization;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Children;

/// <summary>What a podTemplate may not say: what would break the pod's isolation, or the operator's hold on it.</summary>
/// <param name="secrets">Those that no container may be given.</param>
/// <param name="isAggregator">Whose template it is.</param>
/// <param name="settings">Allowed service accounts and kinds of volumes.</param>
internal sealed class TemplateRules(CredentialSecrets secrets, bool isAggregator, OperatorSettings settings)
{
    // Of the pod, each with why.
    private static readonly (string Field, string Why)[] s_operators =
    [
        ("securityContext", "is the operator's: the pods satisfy Pod Security `restricted`"),
        ("restartPolicy", "is the operator's: it alone starts processes again, by spec.failurePolicy"),
        ("automountServiceAccountToken", "is the operator's: the pods have no token"),
        ("serviceAccount", "is an old name of serviceAccountName"),
        ("ephemeralContainers", "cannot be given to a new pod"),
        ("hostNetwork", "would leave the pod's isolation"),
        ("hostPID", "would leave the pod's isolation"),
        ("hostIPC", "would leave the pod's isolation"),
        ("shareProcessNamespace", "would show one container's credential to the others"),
    ];

    private static readonly string[] s_operatorsMetadata = ["fedoperator.io/", ChildNames.ManagedByLabel];

    private static readonly string[] s_securityAnnotations = ["container.apparmor.security.beta.kubernetes.io/", "container.seccomp.security.alpha.kubernetes.io/", "seccomp.security.alpha.kubernetes.io/"];

    private readonly ContainerRules _containers = new(secrets, isAggregator);

    /// <summary>What is wrong with a template whose shape is right.</summary>
    public IEnumerable<Problem> Check(string field, JsonObject template)
    {
        foreach (var problem in Metadata(field + ".metadata", template["metadata"] as JsonObject ?? []))
            yield return problem;
        if (template["spec"] is not JsonObject spec)
            yield break;
        foreach (var (name, why) in s_operators.Where(f => spec[f.Field] is not null))
            yield return new Problem($"{field}.spec.{name}", StrictModels.Show(spec[name]), why, "remove it");
        if (spec["serviceAccountName"]?.GetValue<string>() is { } account && account != "default" && !settings.AllowedServiceAccounts.Contains(account, StringComparer.Ordinal))
            yield return new Problem(field + ".spec.serviceAccountName", account, "is not a service account that this operator lets jobs use", Allowed());
        foreach (var problem in Each(spec, "volumes").SelectMany(v => Volume($"{field}.spec.volumes[{v.Index}]", v.Item)))
            yield return problem;
        foreach (var list in (string[])["containers", "initContainers"])
        {
            foreach (var problem in Each(spec, list).SelectMany(c => _containers.Check($"{field}.spec.{list}[{c.Index}]", c.Item, isInit: list == "initContainers")))
                yield return problem;
        }
    }

    /// <summary>The items of a list, with their places as text.</summary>
    public static IEnumerable<(string Index, JsonObject Item)> Each(JsonObject owner, string list) =>
        (owner[list] as JsonArray ?? []).Select((item, i) => (i.ToString(CultureInfo.InvariantCulture), item as JsonObject ?? []));

    private static IEnumerable<Problem> Metadata(string field, JsonObject metadata)
    {
        foreach (var (name, value) in metadata.Where(m => m.Key is not ("labels" or "annotations")))
            yield return new Problem($"{field}.{name}", StrictModels.Show(value), "is the operator's", "give labels and annotations only");
        foreach (var kind in (string[])["labels", "annotations"])
        {
            foreach (var (name, value) in metadata[kind] as JsonObject ?? [])
            {
                if (s_operatorsMetadata.Any(ours => name.StartsWith(ours, StringComparison.Ordinal)))
                    yield return new Problem($"{field}.{kind}.{name}", StrictModels.Show(value), "is the operator's: it knows its pods by it", "remove it");
                else if (s_securityAnnotations.Any(taken => name.StartsWith(taken, StringComparison.Ordinal)))
                    yield return new Problem($"{field}.{kind}.{name}", StrictModels.Show(value), "would change the pod's security profile", "remove it");
            }
        }
    }

    private IEnumerable<Problem> Volume(string field, JsonObject volume)
    {
        if (volume["name"]?.GetValue<string>() is not { Length: > 0 } name)
            yield return new Problem(field + ".name", null, "is missing", "give the volume a name");
        else if (name.StartsWith(PodNames.Prefix, StringComparison.Ordinal))
            yield return new Problem(field + ".name", name, $"begins with {PodNames.Prefix}, as the operator's volumes do", "choose another name");
        foreach (var problem in DataVolumes.Kind(field, volume, settings).Concat(secrets.Check(field, volume)))
            yield return problem;
    }

    private string Allowed() => settings.AllowedServiceAccounts.Count == 0
        ? "remove it, or ask the cluster's administrator to allow it in the operator's settings"
        : $"use one of {string.Join(", ", settings.AllowedServiceAccounts)}, or ask the cluster's administrator for it";
}
