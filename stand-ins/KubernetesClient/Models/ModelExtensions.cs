namespace k8s.Models;

/// <summary>Short ways into an object's metadata.</summary>
public static class ModelExtensions
{
    /// <summary>Its name.</summary>
    public static string Name(this IMetadata<V1ObjectMeta> obj) => obj?.Metadata?.Name;

    /// <summary>Its namespace.</summary>
    public static string Namespace(this IMetadata<V1ObjectMeta> obj) => obj?.Metadata?.NamespaceProperty;

    /// <summary>Its uid.</summary>
    public static string Uid(this IMetadata<V1ObjectMeta> obj) => obj?.Metadata?.Uid;

    /// <summary>Its version.</summary>
    public static string ResourceVersion(this IMetadata<V1ObjectMeta> obj) => obj?.Metadata?.ResourceVersion;

    /// <summary>When its deletion was asked for.</summary>
    public static DateTime? DeletionTimestamp(this IMetadata<V1ObjectMeta> obj) => obj?.Metadata?.DeletionTimestamp;

    /// <summary>One of its labels; null: it has no such one.</summary>
    public static string GetLabel(this IMetadata<V1ObjectMeta> obj, string key) => obj?.Metadata?.Labels is { } labels && labels.TryGetValue(key, out var value) ? value : null;

    /// <summary>One of its annotations; null: it has no such one.</summary>
    public static string GetAnnotation(this IMetadata<V1ObjectMeta> obj, string key) =>
        obj?.Metadata?.Annotations is { } annotations && annotations.TryGetValue(key, out var value) ? value : null;

    /// <summary>The owner that controls it; null: none does.</summary>
    public static V1OwnerReference GetController(this IMetadata<V1ObjectMeta> obj) => obj?.Metadata?.OwnerReferences?.FirstOrDefault(o => o.Controller == true);
}
