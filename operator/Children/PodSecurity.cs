using FedOperator.Operator.Jobs;
using k8s.Models;

namespace FedOperator.Operator.Children;

/// <summary>Security contexts that satisfy the Pod Security standard `restricted`.</summary>
internal static class PodSecurity
{
    private const string RuntimeDefault = "RuntimeDefault";

    /// <summary>The pod's: one unprivileged user, whose group may read what is mounted.</summary>
    public static V1PodSecurityContext Pod(OperatorSettings settings) => new()
    {
        RunAsNonRoot = true,
        RunAsUser = settings.PodUser,
        RunAsGroup = settings.PodUser,
        FsGroup = settings.PodUser,
        FsGroupChangePolicy = "OnRootMismatch",
        SeccompProfile = new V1SeccompProfile { Type = RuntimeDefault },
    };

    /// <summary>One of our containers'.</summary>
    public static V1SecurityContext Container() => new()
    {
        AllowPrivilegeEscalation = false,
        Capabilities = new V1Capabilities { Drop = ["ALL"] },
        ReadOnlyRootFilesystem = true,
    };

    /// <summary>What a container of the user's gets where its own says nothing.</summary>
    public static V1SecurityContext Completed(V1SecurityContext? given)
    {
        var context = given is null ? new V1SecurityContext() : given with { };
        context.AllowPrivilegeEscalation ??= false;
        context.Capabilities = context.Capabilities is null ? new V1Capabilities { Drop = ["ALL"] } : context.Capabilities with { };
        context.Capabilities.Drop ??= ["ALL"];
        return context;
    }
}
