/* edge_documents: what senders of alerts send, and the facts that it must become; DOMAIN 5.1. */
#ifndef REDRESS_EDGE_DOCUMENTS_H
#define REDRESS_EDGE_DOCUMENTS_H

/* The payload of DOMAIN 5.1, with its dots filled in. */
#define ALERT_DOMAIN                                                                               \
    "{\"version\":\"4\",\"groupKey\":\"{}/{severity=\\\"critical\\\"}:"                            \
    "{alertname=\\\"ProbeFailure\\\"}\",\"truncatedAlerts\":0,\"status\":\"firing\","              \
    "\"receiver\":\"sms\",\"externalURL\":\"http://am.example:9093\","                             \
    "\"groupLabels\":{\"alertname\":\"ProbeFailure\"},"                                            \
    "\"commonLabels\":{\"severity\":\"critical\"},"                                                \
    "\"commonAnnotations\":{\"summary\":\"Probe fails\"},"                                         \
    "\"alerts\":[{\"status\":\"firing\",\"labels\":{\"alertname\":\"ProbeFailure\","               \
    "\"instance\":\"web1:9115\",\"severity\":\"critical\"},"                                       \
    "\"annotations\":{\"summary\":\"Probe fails\",\"description\":\"No answer\"},"                 \
    "\"startsAt\":\"2023-02-06T13:08:45.828Z\",\"endsAt\":\"0001-01-01T00:00:00Z\","               \
    "\"generatorURL\":\"http://prom.example/graph\",\"fingerprint\":\"1a30ba71cca2921f\"}]}"

#define ALERT_DOMAIN_FACT                                                                          \
    "{\"source\": \"alertmanager\", \"number\": \"1a30ba71cca2921f\", \"type\": \"incident\", "    \
    "\"updated_at\": \"2023-02-06T13:08:45.828000Z\", \"mod_count\": 0, "                          \
    "\"opened_at\": \"2023-02-06T13:08:45.828000Z\", \"state\": \"new\", \"priority\": 1, "        \
    "\"title\": \"Probe fails\", \"component\": \"web1:9115\", \"category\": \"ProbeFailure\", "   \
    "\"details\": {\"generator_url\": \"http://prom.example/graph\", "                             \
    "\"external_url\": \"http://am.example:9093\", \"description\": \"No answer\", "               \
    "\"group_key\": \"{}/{severity=\\\"critical\\\"}:{alertname=\\\"ProbeFailure\\\"}\", "         \
    "\"receiver\": \"sms\", \"label.alertname\": \"ProbeFailure\", "                               \
    "\"label.instance\": \"web1:9115\", \"label.severity\": \"critical\", "                        \
    "\"annotation.description\": \"No answer\", \"annotation.summary\": \"Probe fails\", "         \
    "\"truncated_alerts\": \"0\"}}"

/* Grafana: version 1, more for the document and for each alert, values that are numbers. */
#define ALERT_GRAFANA                                                                              \
    "{\"receiver\":\"r\",\"status\":\"firing\",\"orgId\":1,\"version\":\"1\",\"groupKey\":\"g\","  \
    "\"externalURL\":\"http://g.example\",\"title\":\"[FIRING:1]\",\"state\":\"alerting\","        \
    "\"message\":\"m\",\"numFiring\":1,\"numResolved\":0,\"groupLabels\":{},"                      \
    "\"commonLabels\":{\"client\":\"umbrella\"},\"commonAnnotations\":{},"                         \
    "\"alerts\":[{\"status\":\"firing\",\"labels\":{\"alertname\":\"High load\","                  \
    "\"service\":\"mail\",\"component\":\"smtp\",\"severity\":\"Warning\","                        \
    "\"instance\":\"a\"},\"annotations\":{\"runbook_url\":\"http://rb\"},"                         \
    "\"startsAt\":\"2026-03-01T10:59:00.5+02:00\",\"endsAt\":\"0001-01-01T00:00:00Z\","            \
    "\"generatorURL\":\"\",\"fingerprint\":\"c3c55cb0e6ad6b81\",\"silenceURL\":\"http://s\","      \
    "\"dashboardURL\":\"http://d\",\"panelURL\":\"http://p\","                                     \
    "\"values\":{\"B\":81.25,\"C\":1,\"A\":true},"                                                 \
    "\"valueString\":\"[ var='B' value=81.25 ]\"}]}"

#define ALERT_GRAFANA_FACT                                                                         \
    "{\"source\": \"alertmanager\", \"number\": \"c3c55cb0e6ad6b81\", \"type\": \"incident\", "    \
    "\"updated_at\": \"2026-03-01T08:59:00.500000Z\", \"mod_count\": 0, "                          \
    "\"opened_at\": \"2026-03-01T08:59:00.500000Z\", \"state\": \"new\", \"priority\": 3, "        \
    "\"title\": \"High load on a\", \"service\": \"mail\", \"component\": \"smtp\", "              \
    "\"category\": \"High load\", "                                                                \
    "\"details\": {\"runbook_url\": \"http://rb\", \"dashboard_url\": \"http://d\", "              \
    "\"panel_url\": \"http://p\", \"silence_url\": \"http://s\", "                                 \
    "\"external_url\": \"http://g.example\", \"value\": \"[ var='B' value=81.25 ]\", "             \
    "\"group_key\": \"g\", \"receiver\": \"r\", \"label.alertname\": \"High load\", "              \
    "\"label.component\": \"smtp\", \"label.instance\": \"a\", \"label.service\": \"mail\", "      \
    "\"label.severity\": \"Warning\", \"value.A\": \"true\", \"value.B\": \"81.25\", "             \
    "\"value.C\": \"1\", \"annotation.runbook_url\": \"http://rb\"}}"

/* One of a group fires on, the other is resolved; a severity that nobody knows is kept. */
#define ALERT_TWO                                                                                  \
    "{\"status\":\"firing\",\"alerts\":["                                                          \
    "{\"status\":\"firing\",\"labels\":{\"alertname\":\"A\",\"severity\":\"purple\"},"             \
    "\"startsAt\":\"2026-03-01T09:00:00Z\",\"endsAt\":\"0001-01-01T00:00:00Z\","                   \
    "\"fingerprint\":\"a\"},"                                                                      \
    "{\"status\":\"resolved\",\"labels\":{\"alertname\":\"B\",\"severity\":\"error\","             \
    "\"job\":\"node\"},\"annotations\":null,"                                                      \
    "\"startsAt\":\"2026-03-01T09:00:00Z\",\"endsAt\":\"2026-03-01T09:05:00Z\","                   \
    "\"fingerprint\":\"b\"}]}"

#define ALERT_TWO_FIRING                                                                           \
    "{\"source\": \"alertmanager\", \"number\": \"a\", \"type\": \"incident\", "                   \
    "\"updated_at\": \"2026-03-01T09:00:00.000000Z\", \"mod_count\": 0, "                          \
    "\"opened_at\": \"2026-03-01T09:00:00.000000Z\", \"state\": \"new\", \"priority\": 3, "        \
    "\"title\": \"A\", \"category\": \"A\", \"details\": {\"severity\": \"purple\", "              \
    "\"label.alertname\": \"A\", \"label.severity\": \"purple\"}}"

#define ALERT_TWO_RESOLVED                                                                         \
    "{\"source\": \"alertmanager\", \"number\": \"b\", \"type\": \"incident\", "                   \
    "\"updated_at\": \"2026-03-01T09:05:00.000000Z\", \"mod_count\": 1, "                          \
    "\"opened_at\": \"2026-03-01T09:00:00.000000Z\", \"state\": \"resolved\", \"priority\": 2, "   \
    "\"title\": \"B\", \"service\": \"node\", \"category\": \"B\", \"details\": "                  \
    "{\"label.alertname\": \"B\", \"label.job\": \"node\", \"label.severity\": \"error\"}}"

/* An Alertmanager of before 0.19: no fingerprint, no truncatedAlerts, no status of an alert. */
#define ALERT_OLD                                                                                  \
    "{\"version\":\"4\",\"status\":\"resolved\",\"receiver\":\"r\",\"groupKey\":\"g\",\"alerts\":" \
    "[{\"labels\":{\"fear\":\"love is not enough\",\"name\":\"garland, briggs\"},"                 \
    "\"annotations\":{},\"startsAt\":\"2018-08-03T09:52:26.739266876+02:00\","                     \
    "\"endsAt\":\"2018-08-03T10:52:26.739266876+02:00\",\"generatorURL\":\"http://p\"}]}"

#define ALERT_OLD_FACT                                                                             \
    "{\"source\": \"alertmanager\", \"number\": \"507a62d79ee76c9a\", \"type\": \"incident\", "    \
    "\"updated_at\": \"2018-08-03T08:52:26.739266Z\", \"mod_count\": 1, "                          \
    "\"opened_at\": \"2018-08-03T07:52:26.739266Z\", \"state\": \"resolved\", \"priority\": 3, "   \
    "\"title\": \"g\", \"details\": {\"generator_url\": \"http://p\", \"group_key\": \"g\", "      \
    "\"receiver\": \"r\", \"label.fear\": \"love is not enough\", "                                \
    "\"label.name\": \"garland, briggs\"}}"

#define ALERT(status, starts, ends)                                                                \
    "{\"alerts\": [{\"status\": \"" status "\", \"labels\": {\"alertname\": \"A\"}, "              \
    "\"startsAt\": \"" starts "\", \"endsAt\": \"" ends "\", \"fingerprint\": \"f1\"}]}"

/* --- PagerDuty -------------------------------------------------------------------------------- */

#define EVENT_TRIGGER                                                                              \
    "{\"routing_key\":\"R0\",\"event_action\":\"trigger\",\"dedup_key\":\"disk/db1\","             \
    "\"client\":\"Sensu\",\"client_url\":\"https://sensu.example\",\"payload\":{"                  \
    "\"summary\":\"Disk full on db1\",\"source\":\"db1.example\",\"severity\":\"error\","          \
    "\"timestamp\":\"2026-03-01T08:42:58.315+0000\",\"component\":\"postgres\","                   \
    "\"group\":\"billing\",\"class\":\"disk\",\"custom_details\":{\"client\":\"umbrella\","        \
    "\"free\":0.5,\"mounts\":[\"/\",\"/var\"],\"nothing\":null}}}"

#define EVENT_TRIGGER_FACT                                                                         \
    "{\"source\": \"pagerduty\", \"number\": \"disk/db1\", \"type\": \"incident\", "               \
    "\"updated_at\": \"2026-03-01T10:00:00.000000Z\", \"mod_count\": 0, "                          \
    "\"opened_at\": \"2026-03-01T08:42:58.315000Z\", \"state\": \"new\", \"priority\": 2, "        \
    "\"title\": \"Disk full on db1\", \"service\": \"billing\", \"component\": \"postgres\", "     \
    "\"category\": \"disk\", \"details\": {\"source\": \"db1.example\", \"client\": \"Sensu\", "   \
    "\"client_url\": \"https://sensu.example\", \"dedup_key\": \"disk/db1\", "                     \
    "\"group\": \"billing\", \"class\": \"disk\", \"custom.client\": \"umbrella\", "               \
    "\"custom.free\": \"0.5\", \"custom.mounts\": \"[\\\"/\\\",\\\"/var\\\"]\"}}"

#define EVENT_END(action)                                                                          \
    "{\"routing_key\":\"R0\",\"event_action\":\"" action "\",\"dedup_key\":\"disk/db1\"}"

#define EVENT_END_FACT(state, count)                                                               \
    "{\"source\": \"pagerduty\", \"number\": \"disk/db1\", \"type\": \"incident\", "               \
    "\"updated_at\": \"2026-03-01T10:00:00.000000Z\", \"mod_count\": " count ", "                  \
    "\"state\": \"" state "\", \"details\": {\"dedup_key\": \"disk/db1\"}}"

#define EVENT_LINKS                                                                                \
    "\"images\":[{\"src\":\"http://i/1.png\",\"href\":\"http://h\",\"alt\":\"Load\"},"             \
    "{\"src\":\"http://i/2.png\"}],\"links\":[{\"href\":\"http://l\",\"text\":\"Graph\"},"         \
    "{\"href\":\"http://m\"},\"http://n\"]"
#define EVENT_LINKS_BEGIN                                                                          \
    "{\"event_action\":\"trigger\",\"dedup_key\":\"k\",\"payload\":{\"summary\":\"s\","            \
    "\"source\":\"h\",\"severity\":\"info\""
#define EVENT_LINKS_INSIDE  EVENT_LINKS_BEGIN "," EVENT_LINKS "}}"
#define EVENT_LINKS_OUTSIDE EVENT_LINKS_BEGIN "}," EVENT_LINKS "}"

#define EVENT_LINKS_FACT                                                                           \
    "{\"source\": \"pagerduty\", \"number\": \"k\", \"type\": \"incident\", "                      \
    "\"updated_at\": \"2026-03-01T10:00:00.000000Z\", \"mod_count\": 0, \"state\": \"new\", "      \
    "\"priority\": 4, \"title\": \"s\", \"component\": \"h\", \"details\": {\"source\": \"h\", "   \
    "\"dedup_key\": \"k\", \"link.1\": \"Graph http://l\", \"link.2\": \"http://m\", "             \
    "\"link.3\": \"http://n\", \"image.1\": \"Load http://i/1.png\", "                             \
    "\"image.2\": \"http://i/2.png\"}}"

#define EVENT_KEYLESS(routing, payload, timestamp)                                                 \
    "{\"routing_key\":\"" routing "\",\"event_action\":\"trigger\",\"payload\":{\"summary\":"      \
    "\"s\"," payload ",\"timestamp\":\"" timestamp "\"}}"

#endif
