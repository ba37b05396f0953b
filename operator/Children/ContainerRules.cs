using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Children;

/// <summary>What a podTemplate may say about one container: ours, or one that it adds.</summary>
/// <param name="secrets">Those that no container may be given.</param>
/// <param name="isAggregator">Whose template it is.</param>
internal sealed class ContainerRules(CredentialSecrets secrets, bool isAggregator)
{
    private static readonly string[] s_operators = ["command", "args", "securityContext", "restartPolicy", "terminationMessagePath", "terminationMessagePolicy", "lifecycle"];

    /// <summary>What is wrong with a container of a template.</summary>
    public IEnumerable<Problem> Check(string field, JsonObject container, bool isInit)
    {
        if (container["name"]?.GetValue<string>() is not { Length: > 0 } name)
            return [new Problem(field + ".name", null, "is missing", $"give the container a name; {(isInit ? PodNames.Init : Main)} is the operator's own")];
        var isOurs = isInit ? isAggregator && name == PodNames.Init : name == Main;
        return (isOurs ? Ours(field, container) : Added(field, name, container)).Concat(Environment(field, container, isOurs)).Concat(Mounts(field, container, isOurs));
    }

    private string Main => isAggregator ? PodNames.Aggregator : PodNames.Trainer;

    private static IEnumerable<Problem> Ours(string field, JsonObject container)
    {
        foreach (var name in s_operators.Where(name => container[name] is not null))
            yield return new Problem($"{field}.{name}", StrictModels.Show(container[name]), "is the operator's in its own containers", "remove it");
        foreach (var (i, port) in TemplateRules.Each(container, "ports").Where(p => p.Item["hostPort"] is not null))
            yield return HostPort($"{field}.ports[{i}]", port);
    }

    private static IEnumerable<Problem> Added(string field, string name, JsonObject container)
    {
        if (name is PodNames.Init or PodNames.Aggregator or PodNames.Trainer)
            yield return new Problem(field + ".name", name, "is a name of the operator's containers, and this pod has none of that name there", "choose another name");
        if (container["image"] is null)
            yield return new Problem(field + ".image", null, "is missing", "give the container's image");
        foreach (var (i, port) in TemplateRules.Each(container, "ports").Where(p => p.Item["hostPort"] is not null))
            yield return HostPort($"{field}.ports[{i}]", port);
        if (container["securityContext"] is not JsonObject context)
            yield break;
        foreach (var (name2, isWrong, fix) in Restrictions(context))
        {
            if (isWrong)
                yield return new Problem($"{field}.securityContext.{name2}", StrictModels.Show(context[name2]), "is not allowed by Pod Security `restricted`", fix);
        }
    }

    /// <summary>Pod Security `restricted`, as far as containers go. See https://kubernetes.io/docs/concepts/security/pod-security-standards/.</summary>
    private static IEnumerable<(string Name, bool IsWrong, string Fix)> Restrictions(JsonObject context)
    {
        yield return ("privileged", Is(context["privileged"], true), "remove it");
        yield return ("allowPrivilegeEscalation", Is(context["allowPrivilegeEscalation"], true), "remove it");
        yield return ("runAsNonRoot", Is(context["runAsNonRoot"], false), "remove it");
        yield return ("runAsUser", context["runAsUser"]?.GetValue<long>() == 0, "give another user than root");
        yield return ("procMount", context["procMount"] is { } mount && mount.GetValue<string>() != "Default", "remove it");
        yield return ("seLinuxOptions", context["seLinuxOptions"] is not null, "remove it");
        yield return ("windowsOptions", context["windowsOptions"] is not null, "remove it");
        yield return ("appArmorProfile", context["appArmorProfile"]?["type"]?.GetValue<string>() == "Unconfined", "remove it");
        yield return ("seccompProfile", context["seccompProfile"]?["type"]?.GetValue<string>() is { } type and not ("RuntimeDefault" or "Localhost"), "use RuntimeDefault");
        if (context["capabilities"] is not JsonObject capabilities)
            yield break;
        yield return ("capabilities", (capabilities["add"] as JsonArray ?? []).Any(c => c?.GetValue<string>() != "NET_BIND_SERVICE"), "add none but NET_BIND_SERVICE");
        yield return ("capabilities", capabilities["drop"] is JsonArray drop && !drop.Any(c => c?.GetValue<string>() == "ALL"), "drop ALL");
    }

    private IEnumerable<Problem> Environment(string field, JsonObject container, bool isOurs)
    {
        foreach (var (i, variable) in TemplateRules.Each(container, "env"))
        {
            var name = variable["name"]?.GetValue<string>();
            if (string.IsNullOrEmpty(name))
                yield return new Problem($"{field}.env[{i}].name", null, "is missing", "give the variable a name");
            else if (isOurs && !IsAggregatorsOwn(container) && JobProcesses.TrainerVariables.Contains(name, StringComparer.Ordinal))
                yield return new Problem($"{field}.env[{i}].name", name, "is the operator's: spec.training.threads sets it", "remove it");
            if (variable["valueFrom"]?["secretKeyRef"]?["name"]?.GetValue<string>() is { } secret && secrets.Hold(secret))
                yield return CredentialSecrets.Refused($"{field}.env[{i}].valueFrom.secretKeyRef.name", secret);
        }
        foreach (var (i, source) in TemplateRules.Each(container, "envFrom"))
        {
            if (source["secretRef"]?["name"]?.GetValue<string>() is { } secret && secrets.Hold(secret))
                yield return CredentialSecrets.Refused($"{field}.envFrom[{i}].secretRef.name", secret);
        }
    }

    // `trainer aggregate` has no variables of its own.
    private static bool IsAggregatorsOwn(JsonObject container) => container["name"]!.GetValue<string>() == PodNames.Aggregator;

    private static IEnumerable<Problem> Mounts(string field, JsonObject container, bool isOurs)
    {
        foreach (var (i, mount) in TemplateRules.Each(container, "volumeMounts"))
        {
            var (path, volume) = (mount["mountPath"]?.GetValue<string>(), mount["name"]?.GetValue<string>());
            if (string.IsNullOrEmpty(path) || string.IsNullOrEmpty(volume))
                yield return new Problem($"{field}.volumeMounts[{i}]", StrictModels.Show(mount), "lacks its name or mountPath", "name the volume, and where it is mounted");
            else if (volume is PodNames.CredentialVolume or PodNames.StorageVolume)
                yield return new Problem($"{field}.volumeMounts[{i}].name", volume, "is the operator's", "remove the mount");
            else if (volume is PodNames.DataVolume or PodNames.CheckpointVolume && !Is(mount["readOnly"], true))
                yield return new Problem($"{field}.volumeMounts[{i}].readOnly", null, $"is missing, and {(volume == PodNames.DataVolume ? "data are" : "the checkpoint is")} never written", "add `readOnly: true`");
            else if (isOurs && DataVolumes.IsReserved(path))
                yield return new Problem($"{field}.volumeMounts[{i}].mountPath", path, "covers what the operator mounts", "choose another folder");
        }
    }

    private static Problem HostPort(string field, JsonObject port) =>
        new(field + ".hostPort", StrictModels.Show(port["hostPort"]), "would leave the pod's isolation", "remove it");

    private static bool Is(JsonNode? node, bool value) => node is JsonValue v && v.TryGetValue<bool>(out var given) && given == value;
}
